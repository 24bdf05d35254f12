"""The relay on a virtual clock: an engine that lives, dies, stutters and comes back, and an output that checks every packet."""

import asyncio
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from server.clock import PART_FRAMES, SEGMENT_FRAMES, VirtualClock
from server.commands import Done, Skip, Stop
from server.relay.relay import EngineAway, Relay
from server.wire.wire import Ask, Hello, Loop, NowPlaying, Packets, Rendition, Reply, Spectrum, Up
from tests.server.fake_station import airing, meters
from tests.server.timeline import VirtualTimers

AAC = Rendition("aac_128", "aac", 128_000, 1024, b"")
MP3 = Rendition("mp3_192", "mp3", 192_000, 1152, b"")
OPUS = Rendition("opus_128", "opus", 128_000, 960, b"")
RENDITIONS = [AAC, MP3, OPUS]
LOOP_FRAMES = 737_280
BATCH_LAG = 0.06
START = 100 * SEGMENT_FRAMES
EPOCH = 1_800_000_000.0 - START / 48_000


def packet(rendition: Rendition, position: int, maker: str = "engine") -> bytes:
    return f"{maker} {rendition.name} {position // rendition.packet_frames}".encode()


class Output:
    """Holds the relay to its word: no hole, no repetition, no step back within what it says is one line."""

    def __init__(self) -> None:
        self.heard: dict[str, list[bytes]] = defaultdict(list)
        self.first: dict[str, int] = {}
        self.edge: dict[str, int] = {}
        self.sittings: dict[str, list[int]] = defaultdict(list)
        self.holes = 0

    def packets(self, rendition: Rendition, sitting: int, position: int, packets: list[bytes]) -> None:
        assert packets
        edge = self.edge.get(rendition.name)
        if edge is None:
            self.first[rendition.name] = position
        elif edge != position:
            self.holes += 1
        self.heard[rendition.name] += packets
        self.sittings[rendition.name] += [sitting] * len(packets)
        self.edge[rendition.name] = position + len(packets) * rendition.packet_frames

    def makers(self, rendition: Rendition) -> str:
        """One letter a packet: e(ngine) or l(oop); each packet must be the right one for its place."""
        letters, first = "", self.first[rendition.name]
        for number, data in enumerate(self.heard[rendition.name], first // rendition.packet_frames):
            maker, name, said = data.decode().split()
            assert name == rendition.name
            assert int(said) == (number if maker == "engine" else number % (LOOP_FRAMES // rendition.packet_frames))
            letters += maker[0]
        return letters


class Air:
    """An engine as the relay hears it, in virtual time. It speaks when the relay's timers run."""

    def __init__(self, loops: bool = True) -> None:
        self.clock = VirtualClock()
        self.timers = VirtualTimers(self.clock)
        self.relay = Relay("main", self.clock, self.timers)
        self.output = Output()
        self.relay.attach(self.output)
        self.told: list[Up] = []
        self._loops = loops
        self._sent: dict[str, int] = {}
        self._fed: dict[str, int] = {}

    def now(self) -> int:
        """Where the engine's clock stands."""
        return START + round(self.clock.monotonic() * 48_000)

    def start(self, position: int | None = None, sitting: int = 1, epoch: float = EPOCH) -> None:
        """An engine says Hello and goes on air at `position`."""
        self.sitting = sitting
        self.relay.found(Hello(1, "main", "", "", "", epoch, sitting, epoch, RENDITIONS), self.told.append)
        if self._loops:
            for rendition in RENDITIONS:
                places = range(0, LOOP_FRAMES, rendition.packet_frames)
                self.relay.receive(Loop(rendition.name, [packet(rendition, place, "loop") for place in places]))
        begin = self.now() if position is None else position
        self._sent = {rendition.name: -(-begin // rendition.packet_frames) * rendition.packet_frames for rendition in RENDITIONS}
        self._fed = {rendition.name: begin for rendition in RENDITIONS}

    def speak(self, until: int | None = None) -> None:
        """Sends all batches that end before `until` (now)."""
        due = (self.now() if until is None else until) - round(BATCH_LAG * 48_000)
        for rendition in RENDITIONS:
            batch = 3_840 if rendition is OPUS else PART_FRAMES
            frames = rendition.packet_frames
            while (end := (self._fed[rendition.name] // batch + 1) * batch) <= due:
                self._fed[rendition.name] = end
                begin = self._sent[rendition.name]
                self._sent[rendition.name] = max(begin, end // frames * frames)
                places = range(begin, self._sent[rendition.name], frames)
                if places:
                    packets = [packet(rendition, place) for place in places]
                    self.relay.receive(Packets(rendition.name, self.sitting, begin, packets))

    def run(self, seconds: float, speaking: bool = True) -> None:
        """Lets time pass in steps of 20 ms."""
        end = self.clock.monotonic() + seconds
        while self.clock.monotonic() < end - 1e-9:
            self.timers.run_until(min(end, self.clock.monotonic() + 0.02))
            if speaking:
                self.speak()

    def lag_seconds(self, rendition: Rendition) -> float:
        """How far the output's last packet lies behind the engine's clock."""
        return (self.now() - self.output.edge[rendition.name]) / 48_000


@pytest.fixture
async def air() -> Air:
    """A station that has been on air for three seconds."""
    air = Air()
    air.start()
    air.run(3.0)
    return air


async def test_the_programme_is_passed_on_as_it_comes(air: Air) -> None:
    assert air.output.holes == 0
    assert not air.relay.filling
    assert air.lag_seconds(OPUS) < 0.2
    assert air.lag_seconds(AAC) < 0.5
    assert set(air.output.makers(AAC)[6 * 180 :]) == {"e"}


async def test_a_new_window_begins_with_six_segments_so_that_players_can_start_at_once(air: Air) -> None:
    for rendition in RENDITIONS:
        assert air.output.first[rendition.name] == START - 6 * SEGMENT_FRAMES
    assert air.output.makers(AAC).startswith("l" * 6 * 180 + "e")
    assert air.relay.filled_seconds_total == 0


async def test_at_the_first_sign_on_there_is_no_past_to_fill() -> None:
    air = Air()
    air.start(position=0)
    air.speak(until=SEGMENT_FRAMES)
    assert air.output.first == {rendition.name: 0 for rendition in RENDITIONS}


async def test_who_attaches_late_hears_the_kept_window(air: Air) -> None:
    late = Output()
    air.relay.attach(late)
    assert late.heard == air.output.heard
    air.run(1.0)
    assert late.heard == air.output.heard
    air.relay.detach(late)
    air.run(1.0)
    assert len(late.heard["aac_128"]) < len(air.output.heard["aac_128"])


async def test_a_dead_engine_is_filled_in_real_time_and_the_next_goes_on_exactly_where_it_starts(air: Air) -> None:
    air.relay.lost()
    assert not air.relay.connected
    longest = 0.0
    for _ in range(90):
        air.run(0.02, speaking=False)
        longest = max(longest, air.lag_seconds(OPUS))
    assert longest < 0.45
    assert air.relay.filling
    back = -(-air.now() // PART_FRAMES) * PART_FRAMES
    air.start(position=back)
    air.run(2.0)
    assert air.output.holes == 0
    assert not air.relay.filling
    assert air.relay.engine_losses_total == 1
    assert 1.4 < air.relay.filled_seconds_total < 2.4
    for rendition in RENDITIONS:
        makers = air.output.makers(rendition)[6 * SEGMENT_FRAMES // rendition.packet_frames :]
        assert makers.strip("e").strip("l") == "", "one stretch of the loop between two of the programme"
        resumed = START + makers.rindex("l") * rendition.packet_frames + rendition.packet_frames
        assert resumed - back < rendition.packet_frames


async def test_a_silent_engine_is_filled_after_patience_and_what_it_says_late_is_not_said_twice(air: Air) -> None:
    air.run(0.5, speaking=False)
    assert not air.relay.filling
    air.run(0.5, speaking=False)
    assert air.relay.filling
    assert air.relay.connected
    assert air.relay.engine_losses_total == 1
    air.run(2.0)
    assert not air.relay.filling
    assert air.output.holes == 0
    assert air.lag_seconds(AAC) < 0.5
    filled = air.output.makers(AAC)[6 * 180 :].count("l")
    assert 15 < filled < 60


async def test_a_late_burst_is_no_loss(air: Air) -> None:
    for _ in range(5):
        air.run(0.55, speaking=False)
        air.speak()
        air.run(0.3)
    assert air.relay.engine_losses_total == 0
    assert "l" not in air.output.makers(OPUS)[6 * 192 :]


async def test_a_front_that_stood_still_does_not_blame_the_engine(air: Air) -> None:
    air.timers.stand_still_until(air.clock.monotonic() + 2.0)
    air.timers.run_until(air.clock.monotonic())
    assert not air.relay.filling
    air.speak()
    air.run(1.0)
    assert air.relay.engine_losses_total == 0
    assert "l" not in air.output.makers(AAC)[6 * 180 :]
    assert air.output.holes == 0


async def test_an_engine_that_is_always_late_is_heard_all_the_same(air: Air) -> None:
    air.run(0.9, speaking=False)
    for _ in range(300):
        air.run(0.02, speaking=False)
        air.speak(until=air.now() - 43_200)
    assert not air.relay.filling
    assert air.output.makers(AAC).endswith("e" * 180)


async def test_frames_that_the_engine_left_out_are_filled_at_once(air: Air) -> None:
    air.run(0.3, speaking=False)
    air.start(position=(air.now() // PART_FRAMES + 3) * PART_FRAMES)
    air.run(3.0)
    assert air.output.holes == 0
    assert air.relay.filled_seconds_total > 0.5


async def test_a_cold_start_goes_on_under_its_own_sitting(air: Air) -> None:
    air.relay.lost()
    air.run(4.0, speaking=False)
    cold = air.now() // SEGMENT_FRAMES * SEGMENT_FRAMES
    air.start(position=cold, sitting=2)
    air.speak()
    air.run(6.0)
    assert air.output.holes == 0
    sittings = air.output.sittings["aac_128"]
    assert sittings == sorted(sittings)
    assert sittings[-1] == 2


async def test_a_long_absence_stays_a_hole(air: Air) -> None:
    seen = air.output.edge["aac_128"]
    air.start(position=START + 200 * SEGMENT_FRAMES, sitting=2)
    air.speak(until=START + 201 * SEGMENT_FRAMES)
    assert air.output.holes == len(RENDITIONS)
    assert air.output.edge["aac_128"] > seen


async def test_another_epoch_is_another_station(air: Air) -> None:
    air.start(position=0, epoch=EPOCH + 1)
    assert air.relay.on_air is None
    late = Output()
    air.relay.attach(late)
    air.speak(until=SEGMENT_FRAMES)
    assert late.first == {rendition.name: 0 for rendition in RENDITIONS}


async def test_without_a_loop_a_loss_is_a_hole_and_nothing_breaks() -> None:
    air = Air(loops=False)
    air.start()
    air.run(2.0)
    air.relay.lost()
    air.run(2.0, speaking=False)
    air.start(position=-(-air.now() // PART_FRAMES) * PART_FRAMES)
    air.run(2.0)
    assert air.output.holes == len(RENDITIONS)
    assert not any(data.startswith(b"loop") for data in air.output.heard["aac_128"])
    assert air.relay.filled_seconds_total == 0


@settings(max_examples=40, deadline=None)
@given(story=some.lists(some.tuples(some.sampled_from(["speak", "hush", "die", "still", "skip"]), some.floats(0.02, 2.5)), max_size=8))
def test_whatever_the_engine_does_the_line_has_no_hole(story: list[tuple[str, float]]) -> None:
    async def live() -> None:
        air = Air()
        air.start()
        air.run(1.0)
        for kind, seconds in story:
            if kind == "speak":
                air.run(seconds)
            elif kind == "hush":
                air.run(seconds, speaking=False)
            elif kind == "still":
                air.timers.stand_still_until(air.clock.monotonic() + seconds)
            elif kind == "skip":
                air.start(position=-(-air.now() // PART_FRAMES) * PART_FRAMES)
            else:
                air.relay.lost()
                air.run(seconds, speaking=False)
                air.start(position=-(-air.now() // PART_FRAMES) * PART_FRAMES)
        air.run(3.0)
        assert air.output.holes == 0
        for rendition in RENDITIONS:
            assert air.output.makers(rendition).endswith("e" * 20)
            assert air.lag_seconds(rendition) < 0.5

    asyncio.run(live())


async def test_the_clock_is_the_engines(air: Air) -> None:
    assert abs(air.relay.position_now() - air.now()) < 0.1 * 48_000
    assert air.relay.wall_of(48_000) == EPOCH + 1


async def test_watchers_hear_changes_only(air: Air) -> None:
    heard: list[NowPlaying] = []
    end = air.relay.on_change(heard.append)
    first = NowPlaying(START, airing("One", START), [], [])
    air.relay.receive(first)
    air.relay.receive(NowPlaying(START + 960, airing("One", START), [], []))
    second = NowPlaying(START + 1920, airing("Two", START + 1920), [], [airing("One", START)])
    air.relay.receive(second)
    end()
    air.relay.receive(NowPlaying(START + 2880, airing("Three", START + 2880), [], []))
    assert heard == [first, second]
    assert air.relay.on_air is not None
    assert air.relay.on_air.airing.entry.track.title == "Three"


async def test_spectra_and_meters(air: Air) -> None:
    seen: list[Spectrum] = []
    end = air.relay.on_spectrum(seen.append)
    air.relay.receive(Spectrum(960, b"frame"))
    end()
    air.relay.receive(Spectrum(1920, b"frame"))
    air.relay.receive(meters(4800))
    assert [spectrum.position for spectrum in seen] == [960]
    assert air.relay.meters == meters(4800)


async def test_a_command_is_told_once_and_every_asker_gets_the_answer(air: Air) -> None:
    first, second = asyncio.ensure_future(air.relay.ask(Skip("same"))), asyncio.ensure_future(air.relay.ask(Skip("same")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    air.relay.receive(Reply(Done("other", 1)))
    air.relay.receive(Reply(Done("same", 5)))
    assert await first == await second == Done("same", 5)
    assert air.told == [Ask(Skip("same"))]


async def test_a_lost_engine_answers_nobody(air: Air) -> None:
    asked = asyncio.ensure_future(air.relay.ask(Stop("stop")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    air.relay.lost()
    with pytest.raises(EngineAway, match="main"):
        await asked
    air.relay.close()


async def test_a_command_waits_for_the_engine_to_come_back(air: Air) -> None:
    air.relay.lost()
    asked = asyncio.ensure_future(air.relay.ask(Stop("stop")))
    await asyncio.sleep(0)
    assert air.told == []
    air.start()
    for _ in range(3):
        await asyncio.sleep(0)
    air.relay.receive(Reply(Done("stop", 7)))
    assert await asked == Done("stop", 7)


async def test_a_closed_relay_sends_nothing_of_its_own_accord(air: Air) -> None:
    air.relay.close()
    air.relay.lost()
    heard = dict(air.output.edge)
    air.run(2.0, speaking=False)
    assert air.output.edge == heard
