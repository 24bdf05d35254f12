"""What may come of asking a language model. No text here holds what a provider sent, nor a key: a server may echo either."""

from generation.errors import StudioError


class NoReply(StudioError):
    """The provider was not reached, or sent no whole answer in time."""

    def __init__(self, detail: str, *, reached: bool = True) -> None:
        """`reached` False says that nothing was sent, so that nothing can be charged."""
        super().__init__(detail)
        self.reached = reached


class BadAnswer(StudioError):
    """The provider answered with something that is not what was asked for."""


class NoAnswer(StudioError):
    """No provider gave a valid answer; the message says how each one ended."""


class LedgerAway(StudioError):
    """The book of what was spent cannot be read or written; so nothing may be spent."""
