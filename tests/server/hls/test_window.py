import asyncio
import gzip
from itertools import pairwise

import pytest

from server.clock import PART_FRAMES, SEGMENT_FRAMES
from server.hls.rung import KEPT_SEGMENTS
from server.hls.window import NotComing, Window
from server.wire.wire import Packets
from tests.server.fake_station import airing
from tests.server.hls.lint import Follower, boxes, decode_times, read, read_master
from tests.server.hls.station import AAC, BEGIN, EPOCH, MadeUpStation, packets_of

FIRST = BEGIN // SEGMENT_FRAMES


@pytest.fixture
async def station() -> MadeUpStation:
    """Two segments and three parts old."""
    station = MadeUpStation()
    station.sign_on()
    station.speak(27)
    return station


async def test_nothing_is_listed_before_a_segment_is_whole() -> None:
    station = MadeUpStation()
    station.sign_on()
    station.speak(11)
    assert station.window.listing is None
    assert station.window.master(compressed=False) is None
    station.speak(1)
    assert read(station.text()).last_part == (FIRST, 11)


async def test_every_state_of_a_minute_follows_the_last(station: MadeUpStation) -> None:
    followers = {rendition.name: (Follower(), Follower()) for rendition in AAC}
    station.air(airing("One", BEGIN))
    for step in range(18 * 12):
        if step == 100:
            station.air(airing("Two", station.next_part * PART_FRAMES), airing("One", BEGIN, seconds=30))
        for name, (whole, delta) in followers.items():
            full = whole.reload(station.text(name))
            merged = delta.reload(station.text(name, delta=step > 0))
            assert full.last_part == merged.last_part == divmod(station.next_part - 1, 12)
            assert len(full.whole) == min(15, station.next_part // 12 - FIRST)
        station.speak(1)
    titles = {said["X-TITLE"] for said in read(station.text()).ranges.values()}
    assert titles == {"Two"} or titles == {"One", "Two"}


async def test_what_is_listed_can_be_had_and_is_one_line(station: MadeUpStation) -> None:
    station.speak(20 * 12)
    for rendition in AAC:
        rung = station.window.rung(rendition.name)
        assert rung is not None
        playlist = read(station.text(rendition.name))
        at = playlist.first * SEGMENT_FRAMES
        for segment in playlist.segments:
            data = (
                rung.segment(segment.number)
                if segment.uri
                else b"".join(rung.part(segment.number * 12 + k) or b"" for k in range(len(segment.parts)))
            )
            assert data
            for time, frames in decode_times(data):
                assert time == at
                at += frames
            if segment.parts and segment.uri:
                assert data == b"".join(rung.part(segment.number * 12 + number) or b"" for number in range(12))
        content = boxes(rung.part(station.next_part - 1) or b"")["mdat"]
        assert content == [b"".join(packets_of(rendition, station.next_part - 1))]


async def test_a_segment_can_be_had_for_the_length_of_the_playlist_after_it_has_left(station: MadeUpStation) -> None:
    station.speak(60 * 12)
    rung = station.window.rung("aac_64")
    assert rung is not None
    last = station.next_part // 12 - 1
    assert rung.segment(last - KEPT_SEGMENTS + 1)
    assert rung.part((last - KEPT_SEGMENTS + 1) * 12)
    assert KEPT_SEGMENTS >= 15 + 16
    assert rung.segment(last - KEPT_SEGMENTS) is None
    assert rung.part((last - KEPT_SEGMENTS) * 12 + 11) is None


async def test_two_fronts_of_one_station_cut_identical_bytes(station: MadeUpStation) -> None:
    other = MadeUpStation()
    other.sign_on()
    other.speak(5)
    late = Window(other.relay)
    other.speak(22)
    for rendition in AAC:
        here, there = station.window.rung(rendition.name), late.rung(rendition.name)
        assert here
        assert there
        assert here.init == there.init
        assert [here.part(number) for number in range(FIRST * 12, station.next_part)] == [
            there.part(number) for number in range(FIRST * 12, station.next_part)
        ]
        assert station.window.playlist(rendition.name, delta=False, compressed=True) == late.playlist(
            rendition.name, delta=False, compressed=True
        )


async def test_a_part_is_there_when_every_rung_has_it(station: MadeUpStation) -> None:
    for rendition in AAC[:3]:
        packets = packets_of(rendition, station.next_part)
        station.relay.receive(Packets(rendition.name, 1, station.next_part * PART_FRAMES, packets))
        assert station.window.listing
        assert station.window.listing.edge == station.next_part
    packets = packets_of(AAC[3], station.next_part)
    station.relay.receive(Packets(AAC[3].name, 1, station.next_part * PART_FRAMES, packets))
    assert station.window.listing.edge == station.next_part + 1


async def test_all_who_wait_for_a_part_are_answered_together(station: MadeUpStation) -> None:
    waiting = [asyncio.ensure_future(station.window.wait_for(station.next_part)) for _ in range(500)]
    gone = waiting.pop()
    await asyncio.sleep(0)
    assert station.window.waiting == 500
    gone.cancel()
    await asyncio.sleep(0)
    station.speak(1)
    await asyncio.gather(*waiting)
    assert station.window.waiting == 0
    await station.window.wait_for(station.next_part - 1)


async def test_who_waits_for_ever_is_told_to_come_again(station: MadeUpStation) -> None:
    window = Window(station.relay, wait_seconds=0.01)
    with pytest.raises(NotComing):
        await window.wait_for(station.next_part)
    crowded = Window(station.relay, most_waiting=0)
    with pytest.raises(NotComing):
        await crowded.wait_for(station.next_part)


async def test_a_cold_start_is_marked_and_the_numbers_go_on(station: MadeUpStation) -> None:
    follower = Follower()
    follower.reload(station.text())
    station.speak(9)
    station.sign_on(sitting=2)
    station.speak(12)
    playlist = follower.reload(station.text())
    assert "#EXT-X-DISCONTINUITY\n" in station.text()
    assert [segment.discontinuity for segment in playlist.segments] == [1, 1, 1, 2]


async def test_a_sitting_that_begins_within_a_segment_counts_from_the_next(station: MadeUpStation) -> None:
    station.sign_on(sitting=2)
    station.speak(12)
    playlist = read(station.text())
    assert [segment.discontinuity for segment in playlist.segments] == [1, 1, 1, 2]


async def test_behind_a_long_hole_the_list_begins_anew_and_never_goes_back(station: MadeUpStation) -> None:
    before = read(station.text())
    station.next_part += 100 * 12
    station.sign_on(sitting=2)
    station.speak(15)
    assert station.window.listing is None
    station.speak(6)
    after = read(station.text())
    assert after.first > before.last_part[0]
    assert after.discontinuity == 2
    assert station.window.rung("aac_64").segment(before.first) is None  # type: ignore[union-attr]


async def test_another_epoch_has_other_names(station: MadeUpStation) -> None:
    names = {segment.uri for segment in read(station.text()).whole}
    init = station.window.init_uri("aac_128")
    station.next_part = FIRST * 12
    station.sign_on(epoch=EPOCH + 0.5)
    station.speak(27)
    assert not names & {segment.uri for segment in read(station.text()).whole}
    assert station.window.init_uri("aac_128") != init


async def test_the_media_clock_passes_two_to_the_thirty_second() -> None:
    turn = 2**32 // SEGMENT_FRAMES
    station = MadeUpStation((turn - 2) * SEGMENT_FRAMES)
    station.sign_on()
    station.speak(12)
    follower = Follower()
    for _ in range(40):
        follower.reload(station.text())
        station.speak(1)
    rung = station.window.rung("aac_320")
    assert rung
    times = [time for number in range((turn - 2) * 12, station.next_part) for time, _ in decode_times(rung.part(number) or b"")]
    assert times[0] < 2**32 < times[-1]
    assert {after - before for before, after in pairwise(times)} == {PART_FRAMES}


async def test_bandwidth_is_measured(station: MadeUpStation) -> None:
    text = station.window.master(compressed=False)
    assert text
    ladder = read_master(text.decode())
    for variant in ladder:
        nominal = int(variant["URI"].removeprefix("aac_").removesuffix(".m3u8")) * 1000
        assert nominal < int(variant["AVERAGE-BANDWIDTH"]) <= int(variant["BANDWIDTH"]) < nominal * 1.15


async def test_compressed_is_the_same(station: MadeUpStation) -> None:
    compressed = station.window.playlist("aac_128", delta=False, compressed=True)
    assert compressed
    assert gzip.decompress(compressed).decode() == station.text()
    assert compressed is station.window.playlist("aac_128", delta=False, compressed=True), "made once"


async def test_a_front_that_is_still_being_filled_lists_nothing_old() -> None:
    """The window that an engine hands over comes rung by rung, and each rung from its oldest packet on."""
    station = MadeUpStation()
    station.sign_on()
    first, parts = station.next_part, 20 * 12
    seen = set()
    for rendition in AAC:
        for part in range(first, first + parts):
            station.relay.receive(Packets(rendition.name, 1, part * PART_FRAMES, packets_of(rendition, part)))
            if station.window.listing is not None:
                seen.add(station.window.listing.edge)
    assert seen
    assert min(seen) >= first + parts - 3
    assert max(seen) == first + parts
