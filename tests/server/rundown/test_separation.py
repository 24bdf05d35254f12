"""Rests of artists and titles, counted from the end of one airing to the start of the next."""

from dsp.block import frames_of
from server.rundown.separation import Aired, Separation, rest_frames, violations
from server.track import Airing, Entry, Reason, Source, Track
from tests.server.virtual_station import track

RULES = Separation(artist_seconds=60.0, title_seconds=300.0)


def aired(*airings: tuple[Track, float]) -> Aired:
    result = Aired()
    for one, ends_seconds in airings:
        result.note(one, frames_of(ends_seconds))
    return result


def airing(one: Track, starts_seconds: float, ends_seconds: float) -> Airing:
    return Airing(Entry(f"{one.id}@{starts_seconds}", one, Reason.LIBRARY), frames_of(starts_seconds), frames_of(ends_seconds))


def test_an_artist_rests_and_then_may_air() -> None:
    one, other = track("1", artist="The  Same"), track("2", artist="the same")
    heard = aired((one, 100.0))
    assert rest_frames(RULES, heard, other, frames_of(130.0)) == frames_of(30.0)
    assert rest_frames(RULES, heard, other, frames_of(160.0)) == 0


def test_a_title_rests_longer_than_its_artist() -> None:
    one = track("1")
    assert rest_frames(RULES, aired((one, 100.0)), one, frames_of(200.0)) == frames_of(200.0)


def test_two_songs_of_one_name_do_not_hinder_one_another() -> None:
    heard = aired((track("1", title="Home", artist="A"), 100.0))
    assert rest_frames(RULES, heard, track("2", title="Home", artist="B"), frames_of(100.0)) == 0


def test_who_has_no_artist_or_is_the_studio_rests_by_title_alone() -> None:
    for changes in ({"artist": ""}, {"artist": "Studio", "source": Source.STUDIO}):
        one, other = track("1", **changes), track("2", **changes)
        assert rest_frames(RULES, aired((one, 100.0)), other, frames_of(100.0)) == 0
        assert rest_frames(RULES, aired((one, 100.0)), one, frames_of(100.0)) > 0


def test_the_latest_end_counts_whatever_the_order() -> None:
    one = track("1")
    assert aired((one, 200.0), (one, 100.0)).tracks["1"] == frames_of(200.0)


def test_followed_by_leaves_the_original_alone() -> None:
    before = aired((track("1"), 100.0))
    after = before.followed_by([(track("2"), frames_of(200.0))])
    assert set(after.tracks) == {"1", "2"}
    assert set(before.tracks) == {"1"}


def test_shrinking_keeps_the_latest() -> None:
    heard = aired(*((track(str(number)), float(number)) for number in range(10)))
    heard.shrink(3)
    assert set(heard.tracks) == {"7", "8", "9"}
    assert len(heard.artists) == len(heard.titles) == 3


def test_violations_name_what_came_too_early() -> None:
    one, same_artist = track("1", artist="A"), track("2", artist="A")
    found = violations(RULES, [airing(one, 0, 10), airing(same_artist, 20, 30), airing(one, 95, 105)])
    assert [(v.kind, v.airing.entry.track.id, v.rested_seconds) for v in found] == [("artist", "2", 10.0), ("title", "1", 85.0)]


def test_violations_bear_what_is_tolerated() -> None:
    one, same_artist = track("1", artist="A"), track("2", artist="A")
    near = [airing(one, 0, 10), airing(same_artist, 69.5, 80)]
    assert violations(RULES, near)
    assert not violations(RULES, near, tolerance_seconds=1.0)
