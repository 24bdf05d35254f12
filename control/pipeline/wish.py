"""A wish: the brief as somebody sends it, in words or in fields, with everything left out that he does not care about. Fields stand above
words. What both leave open is chosen here, so that the booking holds one brief and not a way to make many.
"""

from collections.abc import Sequence
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from control.errors import FieldError, Invalid
from control.pipeline.reading import read
from generation.brief import LONGEST_SECONDS, SHORTEST_SECONDS, Brief, Passage
from generation.errors import InvalidBrief

DEFAULT_SECONDS: Final = 180.0
MOST_SECTIONS: Final = 16
LARGEST_SEED: Final = 2**63 - 1
_FIELDS: Final = ("genre", "seed", "seconds", "bpm", "key", "mood", "sections", "section", "words")

Genre: TypeAlias = Literal["drum & bass", "trance", "house", "techno", "ambient", "lo-fi", "synthwave", "downtempo"]
"""Those of generation/brief.py; a test holds both together."""
PassageName: TypeAlias = Literal["intro", "build", "drop", "theme", "break", "outro"]


class WishedPassage(BaseModel):
    """One section of the track."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: PassageName = Field(examples=["drop"])
    bars: Annotated[int, Field(ge=0, le=64, multiple_of=4, description="0 leaves it to the backend.", examples=[16])] = 0


class Wish(BaseModel):
    """What is to be made. All may be left out but one of genre, mood and words."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"genre": "house", "mood": "warm", "bpm": 124, "key": "A minor", "seconds": 180}]},
    )

    genre: Annotated[Genre | None, Field(description="Left out: as the words say, or one of the station's.")] = None
    mood: Annotated[str, Field(max_length=200, description="Free words; a backend heeds those it knows.")] = ""
    words: Annotated[
        str, Field(max_length=1_000, description="The wish in sentences: genre, tempo, key and length are read out of them.")
    ] = ""
    bpm: Annotated[float | None, Field(ge=60, le=190, description="It must suit the genre.")] = None
    key: Annotated[str | None, Field(pattern=r"^[A-G][#b]? (major|minor|dorian|phrygian|mixolydian)$", description="Like `A minor`.")] = (
        None
    )
    sections: Annotated[list[WishedPassage], Field(max_length=MOST_SECTIONS, description="In order; a drop or a theme is among them.")] = []
    seconds: Annotated[
        float | None, Field(ge=SHORTEST_SECONDS, le=LONGEST_SECONDS, description="Left out: as the words say, or three minutes.")
    ] = None
    seed: Annotated[int | None, Field(ge=0, le=LARGEST_SEED, description="The same brief makes the same track. Left out: a new one.")] = (
        None
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.genre or self.mood.strip() or self.words.strip()):
            raise ValueError("say what to make: a genre, a mood or words")
        return self

    def brief(self, genres: Sequence[str], seed: int) -> Brief:
        """The brief, with `seed` where none was wished; `genres` are the station's. Raises Invalid."""
        said = read(self.words)
        seed = seed if self.seed is None else self.seed
        genre = self.genre or said.genre or genres[seed % len(genres)]
        try:
            return Brief(
                genre=genre,
                seed=seed,
                seconds=self.seconds or said.seconds or DEFAULT_SECONDS,
                bpm=said.bpm if self.bpm is None else self.bpm,
                key=self.key or said.key,
                mood=self.mood.strip(),
                sections=tuple(Passage(passage.name, passage.bars) for passage in self.sections),
                words=self.words.strip(),
            )
        except InvalidBrief as fault:
            raise Invalid(errors=[FieldError(_pointer(str(fault)), _sentence(str(fault)))]) from None


def _pointer(fault: str) -> str:
    """Which field is meant: the first word of what a brief complains of."""
    name = fault.split(maxsplit=1)[0]
    named = {"section": "sections", "the": "sections"}.get(name, name)
    return f"body.{named}" if named in _FIELDS else "body.sections"


def _sentence(fault: str) -> str:
    return f"{fault[:1].upper()}{fault[1:]}"
