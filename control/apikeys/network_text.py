"""A network as it is written: `192.0.2.0/24`, `2001:db8::/32`, or one address. Bits of the host are dropped, as routers do."""

from ipaddress import ip_network
from typing import Annotated, Final

from pydantic import StringConstraints

from control.apikeys.key import Network

_OCTET: Final = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_FOUR: Final = rf"{_OCTET}(\.{_OCTET}){{3}}(/(3[0-2]|[12]?[0-9]))?"
_GROUP: Final = "[0-9a-fA-F]{1,4}"
_GROUPS: Final = (
    f"{_GROUP}(:{_GROUP}){{7}}",
    f"({_GROUP}(:{_GROUP}){{0,6}})?::",
    f"::{_GROUP}(:{_GROUP}){{0,6}}",
    f"{_GROUP}(:{_GROUP}){{0,2}}::{_GROUP}(:{_GROUP}){{0,3}}",
)
_SIX: Final = rf"({'|'.join(_GROUPS)})(/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?"

NetworkText = Annotated[str, StringConstraints(max_length=64, pattern=rf"^({_FOUR}|{_SIX})$")]
"""Whatever fits the pattern is a network."""


def network_of(text: str) -> Network:
    """Raises ValueError for what is no NetworkText."""
    return ip_network(text, strict=False)
