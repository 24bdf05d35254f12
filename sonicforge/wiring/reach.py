"""Whom a pusher may call and whose certificates it believes: what [rtmp] of the configuration says."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from control.outbound.addresses import is_public
from server.rtmp.target import Address
from sonicforge.config import InvalidConfiguration, Settings


@dataclass(frozen=True, slots=True)
class Reach:
    """[rtmp]."""

    private_targets: bool
    """Also numbers that are not on the public internet may be called."""
    certificate_authority: str
    """A file (PEM) of an authority that is believed beside the machine's own; empty: none."""

    def may_call(self, address: Address, number: str) -> bool:  # noqa: ARG002 -- see server/rtmp/dial.py
        """Whether this number may be dialled."""
        return self.private_targets or is_public(number)

    def tls(self) -> ssl.SSLContext:
        """Certificates are verified, always. Raises InvalidConfiguration."""
        context = ssl.create_default_context()
        if self.certificate_authority:
            try:
                context.load_verify_locations(Path(self.certificate_authority).expanduser())
            except OSError as error:
                raise InvalidConfiguration(f"rtmp.certificate_authority: {self.certificate_authority}: {error}") from None
        return context


def reach_of(settings: Settings) -> Reach:
    """As the operator has configured it."""
    return Reach(settings.rtmp.private_targets, settings.rtmp.certificate_authority)
