"""A whole station without threads, files or real time: fake tracks that are sine waves, a store that never waits, a virtual clock."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, Samples, frames_of
from dsp.presets import PRESETS, RADIO
from dsp.settings import MasteringSettings
from server.air import Moment
from server.clock import VirtualClock
from server.commands import Answer, Command
from server.console.console import Console, Setting
from server.live.floor import Floor
from server.programme.conductor import Conductor
from server.programme.deck import Deck, Loop
from server.programme.desk import Desk
from server.programme.faults import Faults
from server.programme.orders import Orders
from server.programme.playout import Playout
from server.programme.programme import Programme
from server.programme.queue import Queue
from server.programme.talk_over import TalkOver
from server.rundown.cueing import Cueing
from server.rundown.history import History
from server.rundown.prepared_folder import UnfitError
from server.rundown.rundown import Rundown
from server.rundown.segues import SeguePlanner
from server.rundown.separation import Separation
from server.sitting.sitting import entry_ids
from server.track import Airing, Entry, Reason, Source, Track


def track(name: str, seconds: float = 10.0, overlap_seconds: float = 1.0, **changes: object) -> Track:
    """A track of that length whose artist is its own unless `changes` says otherwise."""
    frames = frames_of(seconds)
    made = Track(
        id=name,
        title=f"Title {name}",
        artist=f"Artist {name}",
        source=Source.LIBRARY,
        path=f"/media/{name}.flac",
        frames=frames,
        loudness_lufs=-16.0,
        true_peak_dbtp=-6.0,
        cue_in_frames=0,
        start_next_frames=frames - frames_of(overlap_seconds),
        cue_out_frames=frames,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@cache
def minute() -> Samples:
    """A minute of 200 Hz: what every fake track sounds like."""
    return tone(60 * SAMPLE_RATE, 200.0)


def tone(frames: int, hertz: float, amplitude: float = 0.1) -> Samples:
    """A sine, float32 [2, frames]."""
    wave = amplitude * np.sin(np.arange(frames) * (2 * np.pi * hertz / SAMPLE_RATE))
    return np.tile(wave.astype(np.float32), (2, 1))


def loop(reason: Reason, hertz: float, seconds: int = 2) -> Loop:
    """A bed or an emergency loop."""
    source = Source(reason.value)
    sound = tone(seconds * SAMPLE_RATE, hertz)
    silent_track = track(reason.value, float(seconds), source=source)
    return Loop(Entry(reason.value, silent_track, reason), sound)


@dataclass
class Tracks:
    """A catalogue in memory."""

    library: dict[str, Track] = field(default_factory=dict)
    studio: dict[str, Track] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def tracks(self, source: Source) -> Mapping[str, Track]:
        return {Source.LIBRARY: self.library, Source.STUDIO: self.studio}.get(source, {})

    def find(self, track_id: str) -> Track | None:
        return self.library.get(track_id) or self.studio.get(track_id)


class ToneStore:
    """Prepared sound made on the spot; `fails` decides what cannot be had."""

    def __init__(self, fails: Callable[[Track], bool] = lambda _: False) -> None:
        self.fetched: list[str] = []
        self.fails = fails
        self.silent: set[str] = set()

    async def stock(self, _: Track) -> None:
        return None

    async def fetch(self, track: Track) -> Samples:
        self.fetched.append(track.id)
        if self.fails(track):
            raise UnfitError("it is broken")
        if track.id in self.silent:
            return np.zeros((2, track.frames), np.float32)
        return minute()[:, : track.frames]


class Wire:
    """Mastering that changes nothing, `latency_frames` late; fails where the pattern says so."""

    momentary_lufs = short_term_lufs = integrated_lufs = -16.0
    true_peak_dbtp = -6.0
    gain_reduction_db = range_lu = servo_gain_db = 0.0
    band_reductions_db = (0.0, 0.0, 0.0, 0.0)

    def __init__(self, latency_frames: int = 0, fails: Callable[[int], bool] = lambda _: False) -> None:
        self.latency_frames = latency_frames
        self.calls = 0
        self._fails = fails
        self._held = np.zeros((2, latency_frames), np.float32)

    def change(self, settings: MasteringSettings) -> None:
        self.settings = settings

    @property
    def levels(self) -> "Wire":
        return self

    def process(self, block: Samples) -> Samples:
        self.calls += 1
        if self._fails(self.calls):
            raise RuntimeError("mastering broke")
        sound = np.concatenate((self._held, block), axis=1)
        self._held = sound[:, block.shape[1] :]
        return sound[:, : block.shape[1]].copy()


class NoSpectrum:
    """Shows nothing."""

    def feed(self, block: Samples, position: int) -> tuple[bytes, ...]:
        assert block.shape[1] == BLOCK_FRAMES
        assert position >= 0
        return ()


@dataclass
class Ear:
    """A sink that keeps what matters of what it hears."""

    moments: list[Moment] = field(default_factory=list)
    keep: bool = True

    def take(self, moment: Moment) -> None:
        if self.keep:
            self.moments.append(moment)

    def sound(self) -> Samples:
        """All that was heard, float32 [2, frames]."""
        return np.concatenate([moment.block for moment in self.moments], axis=1)

    def airings(self) -> list[Airing]:
        """What was on air, in order, each once."""
        return list({(m.airing.entry.id, m.airing.started_position): m.airing for m in self.moments}.values())


class VirtualStation:
    """Everything between the catalogue and the sinks."""

    def __init__(
        self,
        folder: Path,
        tracks: Tracks,
        *,
        position: int = 0,
        store: ToneStore | None = None,
        mastering: Wire | None = None,
        spectrum: NoSpectrum | None = None,
        separation: Separation | None = None,
        first: Deck | None = None,
        queue: Queue | None = None,
        vetoes: frozenset[str] = frozenset(),
        seed: int = 1,
        wall: float = 1_800_000_000.0,
        expecting: bool = False,
        segues: SeguePlanner | None = None,
        rundown: Rundown | None = None,
    ) -> None:
        self.clock = VirtualClock(wall)
        self.tracks = tracks
        self.ear = Ear()
        self.faults = Faults()
        self.store = store or ToneStore()
        self.history = History(folder / "history.jsonl")
        self.desk = Desk()
        self.mastering = mastering or Wire()
        ids: Iterator[str] = entry_ids(position)
        self.floor = Floor(8, 0.5, 2.0, ids, expecting=expecting)
        self.talk_over = TalkOver(-14.0)
        self.playout = Playout(loop(Reason.BED, 100.0), first)
        self.console = Console(self.mastering, lambda: PRESETS, Setting("radio", RADIO))
        self.orders = Orders(self.playout, tracks.find, ids, queue or Queue(), vetoes, self.console)
        self.programme = Programme(
            position=position,
            sitting=1,
            playout=self.playout,
            orders=self.orders,
            desk=self.desk,
            floor=self.floor,
            talk_over=self.talk_over,
            mastering=self.mastering,
            spectrum=spectrum or NoSpectrum(),
            emergency=loop(Reason.LOOP, 50.0),
            faults=self.faults,
            preset=lambda: self.console.setting.preset,
        )
        self.separation = separation or Separation(0.0, 0.0)
        self.rundown = rundown or Rundown(tracks, self.separation, "main", seed)
        self.cueing = Cueing(
            booth=self.programme,
            desk=self.desk,
            rundown=self.rundown,
            history=self.history,
            store=self.store,
            entry_ids=ids,
            target_lufs=-16.0,
            refused=lambda track: track.id in tracks.refused,
            refuse=lambda track, reason: tracks.refused.__setitem__(track.id, reason),
            segues=segues,
            first=first,
        )
        self.conductor = Conductor(self.programme, [self.ear], self.clock, self.faults)

    def run(self, seconds: float, cue_every_blocks: int = 10) -> None:
        """Airs for that long."""
        for block in range(frames_of(seconds) // BLOCK_FRAMES):
            if block % cue_every_blocks == 0:
                self.cueing.step_at_once()
            self.conductor.step()

    def ask(self, command: Command) -> Answer:
        """Brings a command and airs one block."""
        answers: list[Answer] = []
        self.desk.bring(command, answers.append)
        self.conductor.step()
        return answers[0]

    def run_until(self, holds: Callable[[], bool], seconds: float = 60.0) -> None:
        """Airs until it holds; fails if it does not within that long."""
        for _ in range(frames_of(seconds) // (10 * BLOCK_FRAMES)):
            self.run(0.2)
            if holds():
                return
        raise AssertionError(f"not within {seconds} s on air")

    @property
    def airing(self) -> Airing:
        """What is heard now."""
        assert self.programme.latest is not None
        return self.programme.latest.airing


def catalogue(count: int, seconds: float = 10.0, artists: int | None = None) -> Tracks:
    """A library of `count` tracks."""
    names = [f"{number:04d}" for number in range(count)]
    return Tracks({name: track(name, seconds, artist=f"Artist {int(name) % (artists or count)}") for name in names})
