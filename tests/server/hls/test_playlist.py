from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from server.hls.date_ranges import DateRange
from server.hls.playlist import Listing, Variant, master_playlist, media_playlist
from tests.server.hls.lint import Follower, read, read_master

EPOCH = 1_800_000_000_123
OTHERS = ["aac_64", "aac_192", "aac_320"]
ENDED = (
    '#EXT-X-DATERANGE:ID="e1-0",CLASS="org.sonicforge.nowplaying",START-DATE="2027-01-15T08:00:00.123Z",'
    'END-DATE="2027-01-15T08:00:10.123Z",DURATION=10.000,X-TITLE="Title",X-ARTIST="Artist"'
)
NASTY = 'He said "no"\r\n#EXT-X-ENDLIST\u2028,\x00é漢字\ud800'


def listing(edge: int, begin: int = 0, sittings: dict[int, int] | None = None, ranges: tuple[DateRange, ...] = ()) -> Listing:
    """A station that has been listed since segment `begin`; `sittings` says which begin at which segments."""
    growing = edge // 12
    first = max(begin, growing - 15)
    numbers = range(first, growing + (edge % 12 > 0))
    starts = {0: 1} | (sittings or {})
    told = tuple(max(sitting for start, sitting in starts.items() if start <= number) for number in numbers)
    return Listing(EPOCH, "abc", first, edge, told, ranges)


def render(state: Listing, *, delta: bool = False) -> str:
    return media_playlist(state, "aac_128", "abc/aac_128/init-00000000.mp4", OTHERS, delta=delta)


def test_a_playlist() -> None:
    state = listing(26, ranges=(DateRange("e1-0", "Title", "Artist", 0, 480_000), DateRange("e2-480000", "Next", "Artist", 480_000)))
    assert render(state).splitlines()[:14] == [
        "#EXTM3U",
        "#EXT-X-VERSION:9",
        "#EXT-X-TARGETDURATION:4",
        "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=24.0,HOLD-BACK=12.0,PART-HOLD-BACK=1.120",
        "#EXT-X-PART-INF:PART-TARGET=0.32000",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-DISCONTINUITY-SEQUENCE:1",
        ENDED,
        '#EXT-X-DATERANGE:ID="e2-480000",CLASS="org.sonicforge.nowplaying",START-DATE="2027-01-15T08:00:10.123Z",X-TITLE="Next",X-ARTIST="Artist"',
        '#EXT-X-MAP:URI="abc/aac_128/init-00000000.mp4"',
        "#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:00.123Z",
        '#EXT-X-PART:DURATION=0.32000,URI="abc/aac_128/0.0.m4s",INDEPENDENT=YES',
        '#EXT-X-PART:DURATION=0.32000,URI="abc/aac_128/0.1.m4s",INDEPENDENT=YES',
        '#EXT-X-PART:DURATION=0.32000,URI="abc/aac_128/0.2.m4s",INDEPENDENT=YES',
    ]
    assert render(state).splitlines()[-6:] == [
        '#EXT-X-PART:DURATION=0.32000,URI="abc/aac_128/2.0.m4s",INDEPENDENT=YES',
        '#EXT-X-PART:DURATION=0.32000,URI="abc/aac_128/2.1.m4s",INDEPENDENT=YES',
        '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="abc/aac_128/2.2.m4s"',
        *(f'#EXT-X-RENDITION-REPORT:URI="{other}.m3u8",LAST-MSN=2,LAST-PART=1' for other in OTHERS),
    ]


def test_parts_are_listed_for_three_target_durations() -> None:
    playlist = read(render(listing(20 * 12 + 5)))
    with_parts = [segment.number for segment in playlist.segments if segment.parts]
    assert with_parts == [17, 18, 19, 20]
    assert playlist.whole[0].number == 5
    assert len(playlist.whole) == 15


@settings(deadline=None, max_examples=60)
@given(edge=some.integers(min_value=12, max_value=10**9), skip=some.integers(min_value=0, max_value=2), begin=some.integers(0, 30))
def test_any_state_holds_the_rules(edge: int, skip: int, begin: int) -> None:
    growing = edge // 12
    state = listing(edge, max(0, growing - begin - 1), {growing - skip: 7, growing: 9})
    playlist = read(render(state))
    assert playlist.first == state.first
    assert len(playlist.whole) == min(15, growing - state.first)
    assert playlist.last_part == divmod(edge - 1, 12)
    assert playlist.reports == dict.fromkeys((f"{other}.m3u8" for other in OTHERS), playlist.last_part)


@settings(deadline=None, max_examples=40)
@given(start=some.integers(min_value=12, max_value=2**33), steps=some.lists(some.integers(1, 30), max_size=30), skip=some.integers(0, 40))
def test_delta_updates_say_what_the_whole_playlist_says(start: int, steps: list[int], skip: int) -> None:
    begin = start // 12 - 1
    sittings = {begin: 3, begin + skip: 4}
    whole, delta, edge = Follower(), Follower(), start
    whole.reload(render(listing(edge, begin, sittings)))
    delta.reload(render(listing(edge, begin, sittings)))
    for step in steps:
        edge += step
        full = whole.reload(render(listing(edge, begin, sittings)))
        merged = delta.reload(render(listing(edge, begin, sittings), delta=True))
        assert [replace(segment, parts=()) for segment in merged.segments] == [replace(segment, parts=()) for segment in full.segments]
        assert merged.segments[-3:] == full.segments[-3:]


def test_a_delta_is_smaller() -> None:
    state = listing(40 * 12 + 3)
    assert "#EXT-X-SKIP:SKIPPED-SEGMENTS=9\n" in render(state, delta=True)
    assert "#EXT-X-MAP" not in render(state, delta=True)
    assert len(render(state, delta=True)) < len(render(state))
    assert render(listing(30), delta=True) == render(listing(30))


@pytest.mark.parametrize("sitting", [2, 3])
def test_a_sitting_is_marked_once_and_counted_for_ever(sitting: int) -> None:
    follower = Follower()
    for edge in range(24, 24 + 25 * 12, 7):
        playlist = follower.reload(render(listing(edge, 0, {4: sitting})))
        for segment in playlist.segments:
            assert segment.discontinuity == (1 if segment.number < 4 else sitting)


@settings(deadline=None)
@given(title=some.text() | some.just(NASTY), artist=some.text())
def test_no_title_can_break_a_playlist(title: str, artist: str) -> None:
    text = render(listing(26, ranges=(DateRange("e-0", title, artist, 0),)))
    text.encode()
    (said,) = read(text).ranges.values()
    assert len(said["X-TITLE"]) == len(title)
    assert '"' not in said["X-TITLE"]
    assert all(character.isprintable() for character in said["X-TITLE"] + said["X-ARTIST"])


def test_time_of_day_is_exact_for_years() -> None:
    for number in (0, 1, 10**6, 10**8):
        state = listing(number * 12 + 24, number)
        assert read(render(state)).segments[0].starts
        starts = read(render(state)).segments[0].starts
        assert starts
        assert round(starts.timestamp() * 1000) == EPOCH + number * 3840


def variants(*measured: tuple[int, int, int]) -> list[dict[str, str]]:
    return read_master(master_playlist(Variant(f"aac_{nominal // 1000}", nominal, peak, average) for nominal, peak, average in measured))


def test_the_ladder_begins_at_128_and_stands_before_anything_is_measured() -> None:
    ladder = variants(*((nominal, 0, 0) for nominal in (64_000, 128_000, 192_000, 320_000)))
    assert [variant["URI"] for variant in ladder] == ["aac_128.m3u8", "aac_64.m3u8", "aac_192.m3u8", "aac_320.m3u8"]
    assert [int(variant["BANDWIDTH"]) for variant in ladder] == [135_000, 68_000, 202_000, 336_000]


def test_bandwidth_is_the_measured_peak_within_reason() -> None:
    (quiet, loud, wild) = variants((64_000, 20_000, 15_000), (128_000, 139_001, 131_000), (192_000, 900_000, 250_000))
    ordered = {variant["URI"]: variant for variant in (quiet, loud, wild)}
    assert ordered["aac_64.m3u8"]["BANDWIDTH"] == "68000"
    assert ordered["aac_64.m3u8"]["AVERAGE-BANDWIDTH"] == "15000"
    assert ordered["aac_128.m3u8"]["BANDWIDTH"] == "140000"
    assert ordered["aac_128.m3u8"]["AVERAGE-BANDWIDTH"] == "131000"
    assert ordered["aac_192.m3u8"]["BANDWIDTH"] == "240000"
    assert ordered["aac_192.m3u8"]["AVERAGE-BANDWIDTH"] == "240000"
