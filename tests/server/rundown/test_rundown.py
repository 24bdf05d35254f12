"""What the rundown chooses: fair, separated, seeded, and never nothing while there is something."""

from collections import Counter
from dataclasses import replace

from dsp.block import frames_of
from server.rundown.rundown import Choice, Rundown
from server.rundown.separation import Aired, Separation, violations
from server.track import Airing, Entry, Reason, Source, Track
from tests.server.virtual_station import Tracks, catalogue, track

NOBODY = Separation(0.0, 0.0)


def free(_: Track) -> bool:
    return False


def take(name: str, made_at: float) -> Track:
    return track(name, source=Source.STUDIO, made_at=made_at)


def programme(rundown: Rundown, count: int, seconds: float = 200.0) -> list[Airing]:
    """The next `count` airings, one after another."""
    aired, airings = Aired(), []
    for number in range(count):
        at = frames_of(number * seconds)
        choice = rundown.choose(at, aired, free)
        assert choice is not None
        aired.note(choice.track, at + frames_of(seconds))
        airings.append(Airing(Entry(str(number), choice.track, choice.reason), at, at + frames_of(seconds)))
    return airings


def ids(airings: list[Airing]) -> list[str]:
    return [airing.entry.track.id for airing in airings]


def test_every_track_airs_once_before_one_airs_again() -> None:
    heard = ids(programme(Rundown(catalogue(40), NOBODY, "main", seed=3), 120))
    for turn in range(3):
        assert set(Counter(heard[40 * turn : 40 * turn + 40]).values()) == {1}


def test_no_track_returns_early_at_the_turn_of_a_round() -> None:
    heard = ids(programme(Rundown(catalogue(30), NOBODY, "main", seed=5), 300))
    last: dict[str, int] = {}
    gaps = []
    for number, name in enumerate(heard):
        gaps.append(number - last.get(name, -1000))
        last[name] = number
    assert min(gaps) >= 20


def test_none_follows_itself_while_there_is_another() -> None:
    assert ids(programme(Rundown(catalogue(2), NOBODY, "main", seed=1), 6)) in (["0000", "0001"] * 3, ["0001", "0000"] * 3)
    fill_in = ids(programme(Rundown(Tracks({"a": track("a")}, {"take": take("take", 1.0)}), NOBODY, "main", seed=1), 6))
    assert fill_in == ["a", "take"] * 3


def test_the_only_one_follows_itself_until_another_comes() -> None:
    aired = Aired()
    aired.note(track("a"), frames_of(200.0))
    choice = Rundown(Tracks({"a": track("a")}), NOBODY, "main", seed=1).choose(frames_of(200.0), aired, free)
    assert choice == Choice(track("a"), Reason.LIBRARY, relaxed=True)


def test_equal_seeds_choose_equally_and_others_do_not() -> None:
    def one(seed: int) -> list[str]:
        return ids(programme(Rundown(catalogue(50), NOBODY, "main", seed), 100))

    assert one(1) == one(1)
    assert one(1) != one(2)


def test_separation_holds_as_long_as_it_can() -> None:
    rules = Separation(artist_seconds=900.0, title_seconds=3600.0)
    airings = programme(Rundown(catalogue(100, artists=20), rules, "main", seed=1), 500)
    assert violations(rules, airings) == []


def test_where_it_cannot_hold_the_longest_rested_airs() -> None:
    rundown = Rundown(catalogue(3, artists=1), Separation(900.0, 3600.0), "main", seed=1)
    heard = ids(programme(rundown, 30))
    assert all(len(set(heard[number : number + 3])) == 3 for number in range(27))


def test_takes_fill_in_where_the_library_rests_and_the_unaired_come_first() -> None:
    tracks = Tracks({"a": track("a")}, {"new": take("new", 2.0), "old": take("old", 1.0)})
    heard = ids(programme(Rundown(tracks, Separation(0.0, 3600.0), "main", seed=1), 7))
    assert heard == ["a", "old", "new", "a", "old", "new", "a"]


def test_takes_alone_go_round() -> None:
    tracks = Tracks(studio={name: take(name, float(number)) for number, name in enumerate("abc")})
    assert ids(programme(Rundown(tracks, Separation(900.0, 3600.0), "main", seed=1), 6)) == list("abcabc")


def test_a_relaxed_choice_says_so() -> None:
    rundown = Rundown(Tracks({"a": track("a")}), Separation(0.0, 3600.0), "main", seed=1)
    aired = Aired()
    assert rundown.choose(0, aired, free) == Choice(track("a"), Reason.LIBRARY, relaxed=False)
    aired.note(track("a"), 1000)
    assert rundown.choose(1000, aired, free) == Choice(track("a"), Reason.LIBRARY, relaxed=True)


def test_never_what_is_barred_or_of_another_station() -> None:
    tracks = Tracks({"a": track("a"), "b": replace(track("b"), station="other"), "c": replace(track("c"), station="main")})
    rundown = Rundown(tracks, NOBODY, "main", seed=1)
    choice = rundown.choose(0, Aired(), lambda one: one.id == "a")
    assert choice is not None
    assert choice.track.id == "c"
    assert rundown.choose(0, Aired(), lambda _: True) is None


def test_a_new_track_does_not_take_over() -> None:
    tracks = catalogue(20)
    rundown = Rundown(tracks, NOBODY, "main", seed=1)
    aired = Aired()
    heard = []
    for number in range(200):
        if number == 100:
            tracks.library["fresh"] = track("fresh")
        choice = rundown.choose(frames_of(10.0 * number), aired, free)
        assert choice is not None
        aired.note(choice.track, frames_of(10.0 * number + 10.0))
        heard.append(choice.track.id)
    assert 4 <= heard.count("fresh") <= 6
    assert "fresh" in heard[100:121]


def test_the_round_survives_a_restart() -> None:
    tracks = catalogue(30)
    first = Rundown(tracks, NOBODY, "main", seed=1)
    aired = Aired()
    heard = []
    for number in range(60):
        if number == 45:
            first = Rundown(tracks, NOBODY, "main", seed=1, round_position=first.round_position)
        choice = first.choose(frames_of(10.0 * number), aired, free)
        assert choice is not None
        aired.note(choice.track, frames_of(10.0 * number + 10.0))
        heard.append(choice.track.id)
    assert len(set(heard[30:])) == 30
