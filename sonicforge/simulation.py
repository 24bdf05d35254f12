"""A whole station on a virtual clock, faster than real time: the parts that air, fed with tracks that are made for the run.

Nothing of the programme is replaced but time, the disk of prepared tracks, and the listeners: a judge hears the mastered bus, and
encoders and HLS rungs run with it if they are asked for.
"""

import multiprocessing
import resource
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import av
import numpy as np

from dsp.block import SAMPLE_RATE, Samples, frames_of
from generation.brief import GENRES, Brief
from generation.procedural.bed import bed
from generation.procedural.composer import ProceduralComposer
from server.air import Sink
from server.catalogue.catalogue import Catalogue
from server.catalogue.measurement import measure
from server.clock import PART_FRAMES, VirtualClock
from server.encoding.emergency_loop import make_samples
from server.encoding.encoder_bank import EncoderBank
from server.encoding.ladder import LADDER
from server.hls.rung import Rung
from server.programme.conductor import Conductor
from server.rundown.history import History
from server.sitting.sitting import plan_start
from server.sitting.state_file import StateFile
from server.track import Airing, Source, Track
from server.wire.wire import Packets
from sonicforge.judge import Judge, Verdict
from sonicforge.sections import StationSettings
from sonicforge.studio_report import StudioReport
from sonicforge.studio_trouble import MODELS_DOWN, Troubled, troubled
from sonicforge.wiring.programme import Ground, assemble, separation_of
from sonicforge.wiring.sound import configured_sound, presets_of

T = TypeVar("T")
STATION: Final = "simulated"
FULL_POOL: Final = 28
"""Tracks of about three minutes: enough that an hour's rest of each title can be kept."""
SHORT_TAKES: Final = 6
SHORT_SECONDS: Final = 10.0
SHORT_REST_MINUTES: Final = (1.0, 6.0)
"""Rests of artist and title that a pool of ten-second tracks can keep."""
LEAST_LIBRARY: Final = 4
LEAST_REMAINDER_SECONDS: Final = 12.0
STEP_BLOCKS: Final = 50
"""Cueing looks once in a simulated second."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be simulated."""

    hours: float
    short: bool
    encoders: str
    """none, one (aac_128) or all."""
    seed: int
    studio: str = "none"
    """What is wrong with the studio meanwhile: none (there is no studio), down, oom or llm-down (sonicforge/studio_trouble.py)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    verdict: Verdict
    hls_drift_frames: int
    hls_segments: int
    wall_seconds: float
    cpu_seconds: float
    """Of everything, the studio's renders included."""
    studio: StudioReport | None = None
    """How the studio stood when it ended."""
    alarms: Mapping[str, str] = field(default_factory=dict)
    """Every alarm of the studio that was raised at any time."""


class HlsAudit:
    """Cuts every AAC rendition into parts and adds up what is missing or too much, in frames."""

    def __init__(self) -> None:
        self.renditions: dict[str, Rung] = {}
        self.missing_frames = 0
        self._first: dict[str, int] = {}
        self._parts: dict[str, int] = {}

    def deliver(self, packets: Packets) -> None:
        """Takes packets of the encoders."""
        rung = self.renditions.get(packets.rendition)
        if rung is None:
            return
        for part in rung.take(packets.sitting, packets.position, packets.packets):
            first = self._first.setdefault(packets.rendition, part.number)
            expected = first + self._parts.get(packets.rendition, 0)
            self.missing_frames += abs(part.number - expected) * PART_FRAMES
            self._parts[packets.rendition] = self._parts.get(packets.rendition, 0) + 1

    def drift_frames(self, end_position: int) -> int:
        """How far the rungs are from the clock and from one another: what is missing, and parts that should have come by `end_position`."""
        due = end_position // PART_FRAMES - 1
        behind = [max(0, due - (self._first[name] + count)) * PART_FRAMES for name, count in self._parts.items()]
        return self.missing_frames + max(behind, default=0)

    @property
    def segments(self) -> int:
        """How many whole segments there were of each rung, at least."""
        return min((count // 12 for count in self._parts.values()), default=0)


class MadeTracks:
    """A store that never waits: the prepared sound of the tracks made for this run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def stock(self, track: Track) -> None:
        """It is there."""

    async def fetch(self, track: Track) -> Samples:
        """The whole sound, float32 [2, frames]."""
        if track.source is Source.STUDIO:
            return _unpacked(Path(track.path))
        samples: Samples = np.load(self._folder / f"{track.id}.npy")
        return samples


def _unpacked(path: Path) -> Samples:
    """A take of this run's own studio, as it was kept."""
    with av.open(str(path)) as file:
        return np.concatenate([frame.to_ndarray().reshape(-1, 2).T for frame in file.decode(audio=0)], axis=1) * np.float32(1.0 / 32_768)


def simulate(order: Order, folder: Path, tell: Callable[[str], None], tracks: Sequence[Track] = ()) -> Outcome:
    """Runs it in `folder`, which may be thrown away afterwards; with `tracks` whose sound lies prepared there, or with new ones."""
    wall, cpu = time.monotonic(), _cpu_seconds()
    tracks = tracks or make_tracks(order, folder / "prepared", tell)
    settings = _settings(order)
    audit, judge = HlsAudit(), Judge(configured_sound(settings, presets_of(settings)).settings.servo.target_lufs)
    sinks: list[Sink] = [judge]
    recipes = {"none": (), "one": [recipe for recipe in LADDER if recipe.name == "aac_128"], "all": LADDER}[order.encoders]
    if recipes:
        bank = EncoderBank(audit.deliver, recipes)
        audit.renditions = {rendition.name: Rung(rendition) for rendition in bank.renditions if rendition.codec == "aac"}
        sinks.append(bank)
    ground = _ground(order, settings, folder, tracks)
    studio = None
    if order.studio != "none":
        studio = troubled(order.studio, STATION, folder, ground.catalogue, ground.history.aired_ids, ground.clock)
    end_position, aired = _run(order, ground, sinks, tell, studio)
    verdict = judge.verdict(aired, separation_of(settings))
    took = time.monotonic() - wall, _cpu_seconds() - cpu
    told = (studio.report(), studio.alarms) if studio else (None, {})
    return Outcome(verdict, audit.drift_frames(end_position), audit.segments, *took, *told)


def make_tracks(order: Order, folder: Path, tell: Callable[[str], None]) -> list[Track]:
    """Has the studio compose the run's tracks, on all cores, and leaves their sound prepared in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = SHORT_TAKES if order.short else min(FULL_POOL, 4 + int(order.hours * 21))
    work = [(order, number, folder) for number in range(wanted)]
    made: list[Track] = []
    with multiprocessing.get_context("spawn").Pool() as pool:
        for tracks in pool.imap(_make_tracks, work):
            made += tracks
            tell(f"composed {len(made)} tracks")
    return made


def _make_tracks(work: tuple[Order, int, Path]) -> list[Track]:
    """One take as one track, or cut into many short ones."""
    order, number, folder = work
    take = ProceduralComposer().make(Brief(GENRES[number % len(GENRES)], order.seed * 1_000 + number, 180.0))
    if not order.short:
        return [_prepare(take.samples, take.id, take.title, take.artist, folder)]
    length = frames_of(SHORT_SECONDS)
    whole = take.samples.shape[1] - frames_of(LEAST_REMAINDER_SECONDS)
    cuts = range(frames_of(LEAST_REMAINDER_SECONDS), whole, length)
    return [
        _prepare(take.samples[:, at : at + length], f"{number:04x}{at:012x}", f"{take.title} {at}", f"{take.artist} {at % 7}", folder)
        for at in cuts
    ]


def _prepare(samples: Samples, track_id: str, title: str, artist: str, folder: Path) -> Track:
    np.save(folder / f"{track_id}.npy", samples)
    measured = measure(samples)
    return Track(
        id=track_id,
        title=title,
        artist=artist,
        source=Source.LIBRARY,  # the library's rules of separation are the stricter ones
        path=f"/{track_id}",
        frames=measured.frames,
        loudness_lufs=measured.loudness_lufs,
        true_peak_dbtp=measured.true_peak_dbtp,
        cue_in_frames=measured.cues.cue_in_frames,
        start_next_frames=measured.cues.start_next_frames,
        cue_out_frames=measured.cues.cue_out_frames,
    )


def _settings(order: Order) -> StationSettings:
    if not order.short:
        return StationSettings()
    artist, title = SHORT_REST_MINUTES
    return StationSettings(artist_separation_minutes=artist, title_separation_minutes=title)


def _ground(order: Order, settings: StationSettings, folder: Path, tracks: Sequence[Track]) -> Ground:
    catalogue = Catalogue(folder / "catalogue")
    if order.studio == MODELS_DOWN:
        tracks = tracks[: max(LEAST_LIBRARY, len(tracks) // 3)]  # so that the studio has to make the rest
    for track in tracks:
        catalogue.put(track)
    return Ground(
        name=STATION,
        settings=settings.model_copy(update={"studio_seed": order.seed}),
        catalogue=catalogue,
        history=History(folder / "history.jsonl"),
        store=MadeTracks(folder / "prepared"),
        state_file=StateFile(folder / "state.json"),
        clock=VirtualClock(),
        bed=bed(),
        emergency=make_samples(),
    )


def _run(
    order: Order, ground: Ground, sinks: Sequence[Sink], tell: Callable[[str], None], studio: Troubled | None
) -> tuple[int, list[Airing]]:
    """Ticks through the hours. The last position, and every airing that ended."""
    parts = _at_once(assemble(ground, plan_start(None, ground.clock.wall())))
    conductor = Conductor(parts.programme, sinks, ground.clock, parts.faults)
    aired: list[Airing] = []
    aired += parts.programme.ended  # cueing takes them away
    parts.cueing.step_at_once()
    end = parts.programme.position + round(order.hours * 3600 * SAMPLE_RATE)
    told = 0
    while parts.programme.position < end:
        for _ in range(STEP_BLOCKS):
            conductor.step()
        aired += parts.programme.ended
        parts.cueing.step_at_once()
        if studio is not None:
            studio.step()
        hours = parts.programme.position // (3600 * SAMPLE_RATE)
        if hours > told:
            told = hours
            tell(f"simulated {hours} h, {len(aired)} tracks aired")
    for fault in parts.faults.untold():
        raise RuntimeError(f"{fault.part} failed at the tick") from fault.error
    return parts.programme.position, aired


def _at_once(work: Coroutine[object, None, T]) -> T:
    """What a coroutine returns that never waits."""
    try:
        work.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    work.close()
    raise RuntimeError("the simulation's store waits")


def _cpu_seconds() -> float:
    """Of this process and of all that have ended under it."""
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
