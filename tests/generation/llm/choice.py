"""A small question, for tests of how it is asked."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from generation.llm.question import Question


class Choice(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be answered."""

    genre: Literal["house", "techno"]
    bpm: Annotated[int, Meta(ge=60, le=200)]


QUESTION = Question("Choose.", "It is night.", Choice)
VALID = b'{"genre": "house", "bpm": 124}'
