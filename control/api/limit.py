"""How often one asker may use one operation. Held to by `control/api/limiting.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """`requests` at once, and as many again over `seconds`."""

    requests: int
    seconds: float
