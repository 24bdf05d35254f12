"""The fan on a virtual clock: pace, sequence, lanes, reports."""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from aiortc.rtp import RtpPacket

from server.clock import VirtualClock
from server.webrtc.fan import LANE_VOICES, LATEST_SECONDS, REPORT_SECONDS, Fan
from server.wire.wire import Rendition
from tests.server.fake_station import MP3, OPUS, FakeStation
from tests.server.timeline import VirtualTimers

START = 48_000 * 5_000
BATCH = [b"\xfc" + bytes((number,)) * 50 for number in range(4)]


@dataclass(eq=False)
class Ear:
    """A voice that keeps what it should send."""

    clock: VirtualClock
    payload_type: int = 111
    heard: list[tuple[float, RtpPacket]] = field(default_factory=list)
    reports: list[tuple[float, float, int]] = field(default_factory=list)

    def send(self, packet: bytes) -> None:
        self.heard.append((self.clock.monotonic(), RtpPacket.parse(packet)))

    def report(self, unix_seconds: float, position: int) -> None:
        self.reports.append((self.clock.monotonic(), unix_seconds, position))

    @property
    def packets(self) -> list[RtpPacket]:
        return [packet for _, packet in self.heard]


class EarGroup(list[Ear]):
    """Sends to each what is the same for all."""

    add = list.append

    def send(self, packet: bytes) -> None:
        for ear in self:
            ear.send(packet)


class Hall:
    """A fan, its station and time."""

    def __init__(self, milliseconds: int = 20) -> None:
        self.clock = VirtualClock()
        self.timers = VirtualTimers(self.clock)
        self.station = FakeStation()
        self.fan = Fan(self.station, milliseconds, self.clock.monotonic, self.timers, EarGroup)
        self.position = START

    def ear(self, payload_type: int = 111) -> Ear:
        ear = Ear(self.clock, payload_type)
        self.fan.join(ear)
        return ear

    def play(self, batches: int, rendition: Rendition = OPUS, sitting: int = 1) -> None:
        """Batches of 80 ms, each when it is due."""
        for _ in range(batches):
            self.station.now = self.position
            self.station.give(rendition, self.position, BATCH, sitting)
            self.position += 4 * 960
            self.timers.run_until(self.clock.monotonic() + 0.08)


def test_packets_of_a_batch_go_out_20_ms_apart() -> None:
    hall = Hall()
    ear = hall.ear()
    hall.play(10)
    times = [at for at, _ in ear.heard]
    assert len(times) >= 36
    assert [later - sooner for sooner, later in pairwise(times)] == pytest.approx([0.02] * (len(times) - 1), abs=1e-6)


def test_a_time_stamp_is_the_position_and_sequence_numbers_have_no_hole() -> None:
    hall = Hall()
    ear = hall.ear()
    hall.play(5)
    packets = ear.packets
    assert [packet.timestamp for packet in packets] == [(START + 960 * number) % 2**32 for number in range(len(packets))]
    assert [(packet.sequence_number - packets[0].sequence_number) % 65_536 for packet in packets] == list(range(len(packets)))
    assert [packet.marker for packet in packets] == [1] + [0] * (len(packets) - 1)
    assert {packet.ssrc for packet in packets} == {hall.fan.ssrc}


@pytest.mark.parametrize("milliseconds", [40, 60])
def test_longer_packets_are_fewer_and_as_even(milliseconds: int) -> None:
    hall = Hall(milliseconds)
    ear = hall.ear()
    hall.play(50)
    step = milliseconds * 48
    stamps = [packet.timestamp for packet in ear.packets]
    assert len(stamps) >= 4_000 // milliseconds - 3
    assert {later - sooner for sooner, later in pairwise(stamps[1:])} == {step}
    times = [at for at, _ in ear.heard][2:]
    assert [b - a for a, b in pairwise(times)] == pytest.approx([milliseconds / 1_000] * (len(times) - 1), abs=2e-3)


def test_nobody_begins_in_the_upper_half_of_the_sequence_numbers() -> None:
    hall = Hall()
    for _ in range(70_000 // (20 * 4)):
        ear = hall.ear()
        hall.play(1)
        assert ear.packets[0].sequence_number <= 32_768
        hall.fan.leave(ear)
        hall.play(19)


def test_each_gets_his_payload_type() -> None:
    hall = Hall()
    ears = [hall.ear(111), hall.ear(109)]
    hall.play(3)
    assert [{packet.payload_type for packet in ear.packets} for ear in ears] == [{111}, {109}]


def test_a_crowd_is_spread_over_the_length_of_a_packet() -> None:
    hall = Hall()
    ears = [hall.ear() for _ in range(5 * LANE_VOICES)]
    hall.play(5)
    begins = sorted({round(ear.heard[4][0] - ears[0].heard[4][0], 6) for ear in ears})
    assert begins == pytest.approx([0.0, 0.004, 0.008, 0.012, 0.016])
    for ear in (ears[0], ears[-1]):
        times = [at for at, _ in ear.heard]
        assert [b - a for a, b in pairwise(times)] == pytest.approx([0.02] * (len(times) - 1), abs=1e-6)


def test_whoever_leaves_hears_nothing_more_and_the_others_everything() -> None:
    hall = Hall()
    gone, there = hall.ear(), hall.ear()
    hall.play(2)
    heard = len(gone.heard)
    hall.fan.leave(gone)
    hall.fan.leave(gone)
    hall.play(2)
    assert len(gone.heard) == heard
    assert len(there.heard) > heard + 6
    assert len(hall.fan) == 1


def test_everybody_is_told_how_positions_lie_in_time() -> None:
    hall = Hall()
    ears = [hall.ear() for _ in range(3)]
    hall.play(round(5 * REPORT_SECONDS / 0.08))
    for ear in ears:
        times = [at for at, _, _ in ear.reports]
        assert len(times) in {4, 5, 6}
        assert [b - a for a, b in pairwise(times)] == pytest.approx([REPORT_SECONDS] * (len(times) - 1), abs=0.03)
        assert all(unix == hall.station.wall_of(position) for _, unix, position in ear.reports)


def test_a_hole_is_a_jump_in_time_and_none_in_the_sequence() -> None:
    hall = Hall()
    ear = hall.ear()
    hall.play(5)
    before = len(ear.heard)
    hall.timers.run_until(hall.clock.monotonic() + 3.0)
    hall.position += 3 * 48_000
    hall.play(5, sitting=2)
    packets = ear.packets
    jump = next(number for number in range(1, len(packets)) if packets[number].timestamp != packets[number - 1].timestamp + 960)
    assert packets[jump].marker == 1
    assert len(packets) > before + 12
    assert [(packet.sequence_number - packets[0].sequence_number) % 65_536 for packet in packets] == list(range(len(packets)))


def test_a_front_that_stood_still_skips_what_is_past() -> None:
    hall = Hall()
    ear = hall.ear()
    hall.play(10)
    hall.timers.stand_still_until(hall.clock.monotonic() + 2.0)
    before, at = len(ear.heard), hall.clock.monotonic()
    for _ in range(25):
        hall.station.give(OPUS, hall.position, BATCH)
        hall.position += 4 * 960
    assert len(ear.heard) - before <= LATEST_SECONDS / 0.02 + 1
    hall.play(10)
    assert len([time for time, _ in ear.heard[before:] if time < at + 0.8]) <= 1.25 * 0.8 / 0.02
    assert hall.fan.skipped_total > 70
    assert ear.packets[-1].timestamp >= (hall.position - 6 * 4 * 960) % 2**32


def test_what_was_replayed_on_joining_the_station_is_not_sent() -> None:
    clock = VirtualClock()
    timers = VirtualTimers(clock)

    class Replaying(FakeStation):
        def attach(self, sink) -> None:  # type: ignore[no-untyped-def]
            for number in range(900):
                sink.packets(OPUS, 1, START + number * 3_840, BATCH)
            super().attach(sink)

    station = Replaying()
    fan = Fan(station, 20, clock.monotonic, timers, EarGroup)
    ear = Ear(clock)
    fan.join(ear)
    station.give(OPUS, START + 900 * 3_840, BATCH)
    timers.run_until(clock.monotonic() + 0.2)
    assert [packet.timestamp for packet in ear.packets] == [(START + 900 * 3_840 + 960 * number) % 2**32 for number in range(4)]
    assert fan.skipped_total == 0


def test_sound_that_cannot_follow_begins_anew() -> None:
    hall = Hall()
    told: list[str] = []
    hall.fan.anew = lambda: told.append("anew")
    hall.play(3)
    hall.position = 0
    hall.play(3)
    assert told == ["anew"]
    assert hall.fan.sounding


def test_other_renditions_are_not_its_business() -> None:
    hall = Hall()
    hall.play(3, MP3)
    assert not hall.fan.sounding
    assert hall.fan.packets_total == 0


def test_after_its_end_nothing_is_sent() -> None:
    hall = Hall()
    ear = hall.ear()
    hall.play(2)
    hall.fan.close()
    heard = len(ear.heard)
    hall.timers.run_until(hall.clock.monotonic() + 1.0)
    assert len(ear.heard) == heard
    assert hall.station.sinks == []
