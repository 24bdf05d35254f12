"""What can go wrong in the studio.

    StudioError
    ├── InvalidBrief      (a ValueError: the asker's mistake)
    └── GenerationFailed
        └── TakesRefused

A caller who keeps the air full catches GenerationFailed and asks again later, or asks another backend.
"""


class StudioError(Exception):
    """Something went wrong in the studio."""


class InvalidBrief(StudioError, ValueError):
    """The brief asks for what cannot be made; the message says which field and what is allowed."""


class GenerationFailed(StudioError):
    """A backend could not make a take of a valid brief."""


class TakesRefused(GenerationFailed):
    """Every take of a commission failed the critic; the message holds the last reasons."""
