"""What may come of asking a distant worker. No text here holds a key; what a worker said is cleaned and cut before it is told on."""

from generation.errors import GenerationFailed, StudioError


class NoReply(StudioError):
    """The worker was not reached, or sent no whole answer in time."""


class Untrue(GenerationFailed):
    """What a worker sent is not what it said, not what was asked for, or not what this station may air."""
