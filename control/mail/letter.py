"""A letter: plain text to one person."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """Its texts are ours; nothing that a stranger typed stands in them, so that nobody sends his words under the house's name."""

    to: str
    subject: str
    text: str
    link: str = ""
    """The address in the text that the reader is to follow. It opens a door: it is logged only where there is no mail server."""
