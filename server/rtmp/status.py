"""How the targets stand: what the pusher writes for the fronts, once a second and at every change. It holds no key and no address."""

from enum import StrEnum
from pathlib import Path
from typing import Final

from msgspec import DecodeError, Struct
from msgspec.json import Decoder, Encoder

from server.atomic_file import write_atomically

STALE_SECONDS: Final = 5.0
"""An older report is a dead pusher's."""


class PushState(StrEnum):
    """How one target stands."""

    OFF = "off"
    CONNECTING = "connecting"
    LIVE = "live"
    WAITING = "waiting"
    """It was lost or not reached, and will be tried again."""
    REFUSED = "refused"
    """The platform said no to address or key; it is tried again all the same."""


class TargetStatus(Struct, frozen=True):
    """One target."""

    id: str
    state: PushState
    reason: str
    """In plain words: why it is not live, or what is wrong though it is; empty when all is well."""
    since: float
    """UNIX seconds of the state's beginning."""
    next_try_at: float | None = None
    """UNIX seconds."""
    sent_bytes: int = 0
    """Since the pusher began, as the four below."""
    dropped_gops: int = 0
    """Groups of pictures, of two seconds, that the line was too slow for."""
    dropped_sounds: int = 0
    """Packets of sound that it was too slow for."""
    reconnects: int = 0
    """Sessions that had to be begun again. Planned rollovers do not count."""
    rollovers: int = 0


class PushReport(Struct, frozen=True):
    """All targets of a station."""

    at: float
    """UNIX seconds."""
    targets: tuple[TargetStatus, ...]
    pictures_repeated: int = 0
    """Pictures that were sent twice since this machine was too slow to draw."""
    lag_seconds: float = 0.0
    """How late the pusher's event loop came, at worst, within the last ten seconds."""


_encoder: Final = Encoder()
_decoder: Final = Decoder(PushReport)


def write_report(path: Path, report: PushReport) -> None:
    """Puts it where fronts look. Raises OSError."""
    write_atomically(path, _encoder.encode(report), durable=False)


def read_report(path: Path, now: float) -> PushReport | None:
    """What the living pusher last wrote; None if there is none, or none that lives. `now`: UNIX seconds."""
    try:
        report = _decoder.decode(path.read_bytes())
    except (OSError, DecodeError):
        return None
    return report if now - report.at <= STALE_SECONDS else None
