"""What may be done with the music of a model: a Licence. Every backend states one; it travels with each take and with its track.

A station that earns money may not air what was made with non-commercial weights, so such a backend is refused when the station starts, and
not when somebody finds out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from generation.errors import LicenceForbids


@dataclass(frozen=True, slots=True)
class Licence:
    """Of a backend's weights, or of its own music where it has none."""

    name: str
    """SPDX where there is an identifier: "MIT", "CC-BY-NC-4.0"."""
    commercial_ok: bool
    """Whether a station that earns money may air it at all."""
    attribution: str = ""
    """The credit that has to be shown; empty if none has to."""
    revenue_cap_dollars: int | None = None
    """Who earns more than that in a year needs another licence; None: whoever."""
    weights: str = ""
    """Which weights: model and revision. Empty where there are none."""

    def tags(self) -> dict[str, str]:
        """As provenance keeps it: text by name, without what is empty."""
        cap = "" if self.revenue_cap_dollars is None else str(self.revenue_cap_dollars)
        commercial = "yes" if self.commercial_ok else "no"
        told = {"licence": self.name, "commercial_ok": commercial, "attribution": self.attribution, "revenue_cap_dollars": cap}
        return {name: value for name, value in {**told, "weights": self.weights}.items() if value}


OURS: Final = Licence("CC0-1.0", commercial_ok=True)
"""Music of the procedural composer: whoever runs the station may do with it what he likes."""


def licence_of(provenance: Mapping[str, str]) -> Licence:
    """Reads back what `tags` wrote. What says nothing of commerce may not be used for it."""
    cap = provenance.get("revenue_cap_dollars", "")
    return Licence(
        name=provenance.get("licence", "unknown"),
        commercial_ok=provenance.get("commercial_ok") == "yes",
        attribution=provenance.get("attribution", ""),
        revenue_cap_dollars=int(cap) if cap.isdecimal() else None,
        weights=provenance.get("weights", ""),
    )


def check_licence(backend: str, licence: Licence, monetised: bool, revenue_dollars: int = 0) -> None:
    """Raises LicenceForbids if a station that is `monetised`, and earns so much in a year, may not air what `backend` makes."""
    if not monetised:
        return
    if not licence.commercial_ok:
        raise LicenceForbids(
            f"the station earns money, and the weights of {backend} ({licence.name}) may not be used for that: "
            f"choose another backend, or set monetised = false if it earns none"
        )
    if licence.revenue_cap_dollars is not None and revenue_dollars > licence.revenue_cap_dollars:
        cap = f"{licence.revenue_cap_dollars} dollars a year"
        raise LicenceForbids(f"{backend} ({licence.name}) is free up to {cap}, and the station earns {revenue_dollars}")
