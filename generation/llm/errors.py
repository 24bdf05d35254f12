"""What may come of asking a language model. No text here holds what a provider sent, nor a key: a server may echo either."""

from generation.errors import StudioError


class NoReply(StudioError):
    """The provider was not reached, or sent no whole answer in time."""


class BadAnswer(StudioError):
    """The provider answered with something that is not what was asked for."""


class NoAnswer(StudioError):
    """No provider gave a valid answer; the message says how each one ended."""


class LedgerAway(StudioError):
    """The book of what was spent cannot be read or written; so nothing may be spent."""
