"""Ideas by a language model: how it is asked, and what is made of its answer.

Its answer is a form of closed words and numbers. The only free text, the theme, is letters of the Latin alphabet, spaces, commas and
hyphens: no address, no number and no mark fits into it, and it goes to a music model alone, never to a page or a title.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from generation.composer.character import CHARACTERS, energy_at
from generation.composer.idea import Idea, allowed_genres
from generation.composer.profile import Profile
from generation.composer.surroundings import Surroundings
from generation.errors import InvalidBrief
from generation.llm.errors import BadAnswer
from generation.llm.question import Question

_RECENT: Final = 8
_INSTRUCTIONS: Final = (
    "You choose the next track of a radio station that makes its own instrumental music. Choose one that suits the station, the hour and "
    "what has aired, follows what listeners like without repeating itself, and can be mixed from the last track. `theme` is a picture in "
    "three to ten English words, without names of people, bands or songs."
)
Mood = Literal["dark", "deep", "warm", "melancholic", "calm", "dreamy", "spacious", "dry", "bright", "happy", "uplifting", "energetic"]
Tonic = Literal["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
Mode = Literal["major", "minor", "dorian", "phrygian", "mixolydian"]


class Form(Struct, frozen=True, forbid_unknown_fields=True):
    """What a model fills in."""

    genre: Annotated[str, Meta(max_length=30, description="One of those that the question allows.")]
    moods: Annotated[list[Mood], Meta(min_length=1, max_length=3)]
    bpm: Annotated[float, Meta(ge=60, le=200)]
    tonic: Tonic
    mode: Mode
    theme: Annotated[str, Meta(min_length=3, max_length=80, pattern=r"^[A-Za-z][A-Za-z ,'-]*$", description="Three to ten words.")]


def question(profile: Profile, surroundings: Surroundings, seconds: float) -> Question[Form]:
    """What a model is asked for this moment. The house's own words and figures; listeners' words are in quotation."""
    allowed = allowed_genres(profile, surroundings.aired)
    homes = {genre: [CHARACTERS[genre].slowest_bpm, CHARACTERS[genre].fastest_bpm] for genre in allowed}
    facts = {
        "genres_allowed_and_their_bpm": homes,
        "genres_wanted": {genre: share for genre, share in profile.genres if genre in allowed},
        "hour": round(surroundings.hour, 1),
        "energy_wanted": round(energy_at(surroundings.hour), 2) if profile.follows_the_clock else None,
        "aired_latest_first": [[track.genre, track.bpm, track.key] for track in surroundings.aired[:_RECENT]],
        "votes_up_and_down": {genre: [votes.ups, votes.downs] for genre, votes in surroundings.votes.items() if genre in CHARACTERS},
        "share_of_what_is_liked_elsewhere": {g: round(share, 2) for g, share in surroundings.trends.items() if g in CHARACTERS},
    }

    def check(form: Form) -> Idea:
        return idea_of(form, profile, surroundings, seconds)

    return Question(_INSTRUCTIONS, msgspec.json.encode(facts).decode(), Form, surroundings.wishes, check)


def idea_of(form: Form, profile: Profile, surroundings: Surroundings, seconds: float) -> Idea:
    """The idea that was filled in. Raises BadAnswer if the station may not air it now."""
    if form.genre not in allowed_genres(profile, surroundings.aired):
        raise BadAnswer("genre is not one of those allowed")
    try:
        idea = Idea(
            form.genre, tuple(dict.fromkeys(form.moods)), form.bpm, f"{form.tonic} {form.mode}", seconds, " ".join(form.theme.split())
        )
    except InvalidBrief as fault:
        raise BadAnswer(str(fault)) from None
    return idea.at_home(idea.bpm)
