"""Ideas by rules: the same for the same, and leaning where they should."""

from collections import Counter
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from generation.brief import GENRES
from generation.composer.character import CHARACTERS
from generation.composer.idea import Idea
from generation.composer.profile import Profile
from generation.composer.rules import by_rules, genre_weights
from generation.composer.surroundings import Aired, Surroundings, Votes
from generation.key import parse_key
from tests.generation.composer.station import BUSY, DAWN, NIGHT, PROFILE


def ideas(surroundings: Surroundings, count: int = 300, profile: Profile = PROFILE) -> list[Idea]:
    return [by_rules(profile, surroundings, np.random.default_rng([1, number])) for number in range(count)]


def mean_energy(found: list[Idea]) -> float:
    return float(np.mean([CHARACTERS[idea.genre].energy for idea in found]))


def test_the_same_is_the_same_and_another_seed_another() -> None:
    assert ideas(BUSY, 20) == ideas(BUSY, 20)
    assert len({(idea.genre, idea.key, idea.bpm, idea.seconds) for idea in ideas(BUSY, 50)}) == 50


@given(
    st.floats(0, 24),
    st.lists(
        st.builds(Aired, st.sampled_from(GENRES), st.none() | st.floats(60, 200), st.none() | st.sampled_from(["A minor", "Eb major"])),
        max_size=9,
    ),
    st.dictionaries(st.sampled_from((*GENRES, "polka")), st.builds(Votes, st.floats(0, 1e6), st.floats(0, 1e6))),
    st.dictionaries(st.sampled_from((*GENRES, "polka")), st.floats(-5, 5)),
    st.integers(0, 2**32),
)
def test_any_moment_has_an_idea_that_may_air(
    hour: float, aired: list[Aired], votes: dict[str, Votes], trends: dict[str, float], seed: int
) -> None:
    surroundings = Surroundings(hour, tuple(aired), votes, trends)
    idea = by_rules(PROFILE, surroundings, np.random.default_rng(seed))
    character = CHARACTERS[idea.genre]
    assert character.slowest_bpm <= idea.bpm <= character.fastest_bpm
    assert parse_key(idea.key).mode in character.keys
    assert 150.0 <= idea.seconds <= 235.0
    if len(aired) >= 2 and aired[0].genre == aired[1].genre:
        assert idea.genre != aired[0].genre


def test_night_is_louder_than_dawn() -> None:
    assert mean_energy(ideas(NIGHT)) > mean_energy(ideas(DAWN)) + 0.3


def test_a_station_that_does_not_follow_the_clock_is_the_same_all_day() -> None:
    still = replace(PROFILE, follows_the_clock=False)
    assert ideas(NIGHT, 50, still) == ideas(DAWN, 50, still)


def test_what_is_liked_comes_more_often_and_what_is_not_less() -> None:
    plain = genre_weights(PROFILE, NIGHT)
    voted = genre_weights(PROFILE, replace(NIGHT, votes={"house": Votes(50.0, 0.0), "techno": Votes(0.0, 50.0)}))
    assert 1.5 * plain["house"] < voted["house"] <= 2.0 * plain["house"]
    assert 0.0 < voted["techno"] < 0.3 * plain["techno"], "never quite gone"
    assert voted["trance"] == plain["trance"]


def test_trends_pull_and_what_aired_lately_rests() -> None:
    plain = genre_weights(PROFILE, NIGHT)
    assert genre_weights(PROFILE, replace(NIGHT, trends={"house": 1.0}))["house"] == 1.5 * plain["house"]
    tired = genre_weights(PROFILE, replace(NIGHT, aired=(Aired("techno"), Aired("house"))))
    assert 0.0 < tired["house"] < plain["house"]


def test_the_profile_says_how_much_of_what() -> None:
    profile = Profile("main", (("house", 9.0), ("techno", 1.0)), follows_the_clock=False)
    counted = Counter(idea.genre for idea in ideas(NIGHT, 500, profile))
    assert 0.85 < counted["house"] / 500 < 0.95


def test_most_keys_mix_with_the_last() -> None:
    last = Surroundings(23.0, (Aired("techno", 132.0, "A minor"),))
    near = [parse_key(idea.key).tonic in (9, 4, 2) for idea in ideas(last, 500)]
    assert np.mean(near) > 0.7
    assert not all(near)


def test_the_stations_own_moods_are_always_there() -> None:
    own = replace(PROFILE, moods="Warm, of the sea")
    assert all(idea.moods[0] == "warm" for idea in ideas(NIGHT, 30, own))
