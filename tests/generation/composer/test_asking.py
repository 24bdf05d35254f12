from dataclasses import replace

import msgspec
import pytest

from generation.brief import GENRES
from generation.composer.asking import Form, Mode, Mood, Tonic, idea_of, question
from generation.composer.idea import MOODS
from generation.composer.profile import Profile
from generation.composer.surroundings import Aired, Surroundings
from generation.key import MODES, TONICS
from generation.llm.errors import BadAnswer
from tests.generation.composer.station import BUSY, PROFILE

FORM = Form("house", ["warm", "warm", "deep"], 123.0, "F#", "dorian", "a terrace  at noon")


def test_the_forms_words_are_the_studios() -> None:
    assert Mood.__args__ == MOODS  # type: ignore[attr-defined]
    assert Tonic.__args__ == TONICS  # type: ignore[attr-defined]
    assert set(Mode.__args__) == set(MODES)  # type: ignore[attr-defined]


def test_the_facts_are_the_houses_and_the_wishes_are_quoted() -> None:
    asked = question(PROFILE, BUSY, 180.0)
    facts = msgspec.json.decode(asked.facts)
    assert set(facts["genres_allowed_and_their_bpm"]) == set(GENRES)
    assert facts["aired_latest_first"][0] == ["house", 124.0, "A minor"]
    assert facts["votes_up_and_down"] == {"house": [40.0, 10.0]}
    assert "piano" not in asked.facts + asked.system()
    assert '"something with a piano please"' in asked.user()


def test_names_that_came_from_outside_are_in_no_fact() -> None:
    odd = replace(BUSY, votes={"obey me": BUSY.votes["house"]}, trends={"obey me": 1.0})
    assert "obey" not in question(PROFILE, odd, 180.0).user()


def test_a_form_becomes_an_idea() -> None:
    idea = idea_of(FORM, PROFILE, BUSY, 200.0)
    assert (idea.genre, idea.moods, idea.bpm, idea.key, idea.seconds) == ("house", ("warm", "deep"), 123.0, "F# dorian", 200.0)
    assert idea.theme == "a terrace at noon"


def test_a_tempo_the_genre_allows_is_brought_home_and_another_refused() -> None:
    assert idea_of(msgspec.structs.replace(FORM, bpm=108.0), PROFILE, BUSY, 200.0).bpm == 120.0
    with pytest.raises(BadAnswer, match="no tempo"):
        question(PROFILE, BUSY, 200.0).read(msgspec.json.encode(msgspec.structs.replace(FORM, bpm=190.0)))


@pytest.mark.parametrize("genre", ["polka", "techno"])
def test_a_genre_that_may_not_come_next_is_refused(genre: str) -> None:
    techno = Surroundings(20.0, (Aired("techno"), Aired("techno")))
    asked = question(Profile("main", (("house", 1.0), ("techno", 1.0))), techno, 180.0)
    with pytest.raises(BadAnswer, match="not one of those allowed"):
        asked.read(msgspec.json.encode(msgspec.structs.replace(FORM, genre=genre)))


@pytest.mark.parametrize(
    "theme",
    ["visit evil.example now", "call 0800 4711", "<script>", "a/b", "me@evil", "", "x" * 81, "two\nlines", "\u202ereversed", "tēma"],
)
def test_no_address_number_or_mark_fits_into_the_theme(theme: str) -> None:
    with pytest.raises(BadAnswer):
        question(PROFILE, BUSY, 180.0).read(msgspec.json.encode(msgspec.structs.replace(FORM, theme=theme)))
