"""What can go wrong in the studio.

    StudioError
    ├── InvalidBrief      (a ValueError: the asker's mistake)
    ├── LicenceForbids    (the operator's: the station does not start)
    ├── CalledOff         (raised by a Progress; a backend lets it pass)
    └── GenerationFailed
        ├── BackendAway   (it cannot work at all: no library, no weights, no memory, no answer)
        └── TakesRefused

A caller who keeps the air full catches GenerationFailed and asks again later, or asks another backend.
"""


class StudioError(Exception):
    """Something went wrong in the studio."""


class InvalidBrief(StudioError, ValueError):
    """The brief asks for what cannot be made; the message says which field and what is allowed."""


class LicenceForbids(StudioError):
    """What a backend makes may not be aired by this station; the message says what to change."""


class CalledOff(StudioError):
    """Whoever asked for a take does not want it any more."""


class GenerationFailed(StudioError):
    """A backend could not make a take of a valid brief."""


class BackendAway(GenerationFailed):
    """A backend cannot work now, whatever it is asked for; the message says what is missing and, if somebody can help it, how."""


class TakesRefused(GenerationFailed):
    """Every take of a commission failed the critic; the message holds the last reasons."""
