from dataclasses import replace

from server.hls.date_ranges import DateRange, DateRanges
from server.track import Airing
from server.wire.wire import NowPlaying
from tests.server.fake_station import airing


def on_air(now: Airing, *history: Airing) -> NowPlaying:
    return NowPlaying(now.started_position, now, [], list(history))


def test_what_airs_has_no_end_until_it_has_ended() -> None:
    ranges = DateRanges()
    one, two = airing("One", 1000), airing("Two", 50_000)
    assert ranges.of(on_air(one), 0, 2000) == (DateRange("e1000-1000", "One", "Artist", 1000),)
    ended = replace(one, ends_position=52_000)
    assert ranges.of(on_air(two, ended), 0, 60_000) == (
        DateRange("e1000-1000", "One", "Artist", 1000, 52_000),
        DateRange("e50000-50000", "Two", "Artist", 50_000),
    )


def test_nothing_is_said_before_it_is_heard() -> None:
    assert DateRanges().of(on_air(airing("Soon", 5000)), 0, 5000) == ()
    assert DateRanges().of(None, 0, 5000) == ()


def test_what_was_said_stays_said() -> None:
    ranges = DateRanges()
    one, two = airing("One", 0), airing("Two", 50_000)
    ended = replace(one, ends_position=52_000)
    ranges.of(on_air(two, ended), 0, 60_000)
    said_otherwise = replace(ended, ends_position=99_000)
    assert ranges.of(on_air(two, said_otherwise), 0, 60_000)[0].end == 52_000


def test_what_has_left_the_playlist_is_forgotten() -> None:
    ranges = DateRanges()
    one, two = replace(airing("One", 0), ends_position=52_000), airing("Two", 50_000)
    assert [said.title for said in ranges.of(on_air(two, one), 51_999, 60_000)] == ["One", "Two"]
    assert [said.title for said in ranges.of(on_air(two, one), 52_000, 60_000)] == ["Two"]


def test_an_airing_that_was_cut_short_by_a_death_ends_where_the_next_begins() -> None:
    ranges = DateRanges()
    ranges.of(on_air(airing("One", 0)), 0, 10_000)
    resumed = replace(airing("One", 0), started_position=20_000, offset_frames=20_000)
    said = ranges.of(on_air(resumed), 0, 30_000)
    assert [(said.id, said.start, said.end) for said in said] == [("e0-0", 0, 20_000), ("e0-20000", 20_000, None)]
