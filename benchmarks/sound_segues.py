"""A thousand segues over mixed material, on the virtual clock: whether one clicks, how loud it is beside its plan, where its beats fall.

Decks, playout, cueing and the planner of segues are the station's; mastering is a piece of wire, since a limiter would hide what is to be
found. What should be heard is worked out here once more, from the tracks and the plan alone: the powers of both at the planned gains,
added as those of strangers. The beats are looked for in the sound of each side by the tick that marks them.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, sosfiltfilt

from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.sound_segues_tracks import TICK_HZ, TICK_SECONDS, Piece, pieces
from benchmarks.unmeasured import Unmeasured, progress
from dsp.bass import CORNER_HZ
from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, Samples, frames_of
from dsp.clicks import clicks_at
from server.air import Moment
from server.programme.deck import Deck
from server.programme.prepared_segue import PreparedSegue
from server.rundown.rundown import Choice
from server.rundown.segue_shapes import COME_FRAMES
from server.rundown.segues import Segues
from server.segue_plan import SegueKind, SeguePlan
from server.track import Airing, Reason, Track
from tests.server.virtual_station import ToneStore, Tracks, VirtualStation

SEGUES: Final = 1_000
LONGEST_TURN_SECONDS: Final = 60
"""No piece is longer: what takes more is stuck."""
KEPT_FRAMES: Final = frames_of(44.0)
MARGIN_FRAMES: Final = frames_of(0.5)
WINDOW_FRAMES: Final = frames_of(0.4)
"""As long as a momentary loudness."""
HOP_FRAMES: Final = frames_of(0.1)
HEARD_GAIN: Final = 0.1
"""A beat is looked for where its side is let through at least so far."""
SEARCH_FRAMES: Final = frames_of(0.02)
TICK_FRAMES: Final = frames_of(TICK_SECONDS)

CLICKS: Final = Bar("segues: clicks at 1,000 segues of mixed material", "clicks", most=0)
PLANNED: Final = Bar("segues: made as they were planned", "of 1", least=0.99)
LEVEL: Final = Bar("segues: level beside plan, worst 400 ms of all", "dB", most=1.0)
BEATS: Final = Bar("segues: beats of both tracks in a beat-matched overlap, worst", "ms", most=10.0)
FALLBACKS: Final = Bar("segues: turns of the bed or the emergency loop meanwhile", "turns", most=0)

Powers = NDArray[np.float64]


@dataclass(slots=True)
class Join:
    """A segue that is being heard."""

    airing: Airing
    plan: SeguePlan
    made: PreparedSegue
    leaving: Deck
    coming: Deck

    @property
    def lasts_frames(self) -> int:
        """Until nothing prepared is heard any more."""
        return max(self.plan.overlap_frames, self.made.head.shape[1])


class Kept(Segues):
    """A planner that keeps what it made."""

    def __init__(self) -> None:
        super().__init__()
        self.made: dict[tuple[str, str], tuple[PreparedSegue, Deck, Deck]] = {}

    async def prepare(self, leaving: Deck, coming: Deck) -> PreparedSegue | None:
        segue = await super().prepare(leaving, coming)
        if segue is not None:
            self.made[leaving.entry.id, coming.entry.id] = segue, leaving, coming
        return segue


class Order:
    """A rundown that plays by lot, and now and then the whole album."""

    def __init__(self, tracks: list[Track], seed: int) -> None:
        self.round_position = 0
        self._lots = self._drawn(tracks, np.random.default_rng(seed))

    def choose(self, _at: int, _aired: object, _barred: Callable[[Track], bool]) -> Choice:
        return Choice(next(self._lots), Reason.LIBRARY, relaxed=False)

    def allows(self, *_: object) -> bool:
        return True

    @staticmethod
    def _drawn(tracks: list[Track], rng: np.random.Generator) -> Iterator[Track]:
        album = [track for track in tracks if track.album]
        others = [track for track in tracks if not track.album]
        while True:
            for place in rng.permutation(len(others)):
                yield others[place]
                if rng.random() < 0.05:
                    yield from album


class Shelf(ToneStore):
    """The pieces as prepared sound."""

    def __init__(self, all_pieces: list[Piece]) -> None:
        super().__init__()
        self._sounds = {piece.track.id: piece.samples for piece in all_pieces}

    async def fetch(self, track: Track) -> Samples:
        return self._sounds[track.id]


@dataclass(slots=True)
class Referee:
    """A sink that judges each segue when it is over."""

    made: Kept
    kinds: Counter[str] = field(default_factory=Counter)
    unplanned: int = 0
    clicked: list[str] = field(default_factory=list)
    worst_level: tuple[float, str] = (0.0, "")
    worst_beat: tuple[float, str] = (0.0, "")
    bed_turns: int = 0
    _kept: deque[Samples] = field(default_factory=lambda: deque(maxlen=KEPT_FRAMES // BLOCK_FRAMES))
    _joins: deque[Join] = field(default_factory=deque)
    _airing: Airing | None = None

    def take(self, moment: Moment) -> None:
        """Hears one block."""
        self._kept.append(moment.block)
        before, self._airing = self._airing, moment.airing
        if before is not None and before.entry.id != moment.airing.entry.id:
            self._note(before, moment.airing)
        end = moment.position + BLOCK_FRAMES
        while self._joins and self._over(self._joins[0]) <= end:
            self._judge(self._joins.popleft(), end)

    @property
    def judged(self) -> int:
        """Segues so far."""
        return self.unplanned + sum(self.kinds.values())

    def _note(self, before: Airing, airing: Airing) -> None:
        if Reason.BED in (before.entry.reason, airing.entry.reason):
            self.bed_turns += before.entry.reason is not Reason.BED
            return
        made = self.made.made.pop((before.entry.id, airing.entry.id), None)
        if made is None or airing.segue is None:
            self.unplanned += 1
            return
        self._joins.append(Join(airing, airing.segue, *made))

    @staticmethod
    def _over(join: Join) -> int:
        return join.airing.started_position + join.lasts_frames + 2 * MARGIN_FRAMES

    def _judge(self, join: Join, end: int) -> None:
        kind, name = join.plan.kind, f"{join.leaving.entry.track.id} -> {join.coming.entry.track.id} ({join.plan.kind})"
        self.kinds[kind.value] += 1
        begin = join.airing.started_position - MARGIN_FRAMES
        first = end - len(self._kept) * BLOCK_FRAMES
        sound = np.concatenate(self._kept, axis=1)[:, begin - first :]
        for seam in {MARGIN_FRAMES, MARGIN_FRAMES + join.plan.overlap_frames, MARGIN_FRAMES + join.made.head.shape[1]}:
            if clicks_at(sound[:, max(0, seam - MARGIN_FRAMES) : seam + MARGIN_FRAMES], min(seam, MARGIN_FRAMES)):
                self.clicked.append(name)
        span = join.lasts_frames + 2 * MARGIN_FRAMES
        off = _beside_plan(sound[:, :span], _planned(join, span))
        self.worst_level = max(self.worst_level, (off, name))
        if kind is SegueKind.BEATMATCHED:
            self.worst_beat = max(self.worst_beat, (_apart_ms(join), name))


def _beside_plan(sound: Samples, planned: Powers) -> float:
    """How far the louder or the quieter of its windows lies from plan, in dB."""
    heard = np.square(sound, dtype=np.float64).sum(axis=0)
    starts = range(0, heard.size - WINDOW_FRAMES, HOP_FRAMES)
    pairs = [(heard[at : at + WINDOW_FRAMES].mean(), planned[at : at + WINDOW_FRAMES].mean()) for at in starts]
    return max(abs(10 * np.log10(ours / theirs)) for ours, theirs in pairs if max(ours, theirs) > 1e-5)


def _planned(join: Join, span: int) -> Powers:
    """The power that should be heard, from half a second before the segue to half a second behind it, float64 [span]."""
    plan, overlap = join.plan, join.plan.overlap_frames
    ours = _stretch(join.leaving.sound, _left(plan, span)) * join.leaving.gain
    ours[:, MARGIN_FRAMES + overlap :] = 0.0
    theirs = np.zeros_like(ours)
    head = _stretch(join.coming.sound, _places(join, span - MARGIN_FRAMES)) * join.coming.gain
    theirs[:, MARGIN_FRAMES:] = head
    turn = np.clip((np.arange(span) - MARGIN_FRAMES) / max(1, overlap), 0, 1) * np.pi / 2
    down, up = np.cos(turn), np.sin(turn)
    match plan.kind:
        case SegueKind.BEATMATCHED:
            assert plan.beat is not None
            middle = MARGIN_FRAMES + _frame_of_beat(plan, plan.beat.beats // 2)
            half = middle - MARGIN_FRAMES - _frame_of_beat(plan, plan.beat.beats // 2 - 0.5)
            swap = np.clip((np.arange(span) - middle + half) / half, 0, 1) * np.pi / 2
            return _power(ours, down, np.cos(swap)) + _power(theirs, up, np.sin(swap))
        case SegueKind.TAIL:
            come = min(COME_FRAMES, overlap)
            up = np.sin(np.clip((np.arange(span) - MARGIN_FRAMES) / come, 0, 1) * np.pi / 2)
        case SegueKind.FADE | SegueKind.COLD:
            pass
        case _:  # nothing was corrected in these: what was prepared is the plan
            return _as_prepared(join, span)
    return np.square(ours * down).sum(axis=0) + np.square(theirs * up).sum(axis=0)


def _as_prepared(join: Join, span: int) -> Powers:
    powers = np.zeros(span)
    begin = join.plan.at_frames - MARGIN_FRAMES
    before = _stretch(join.leaving.sound, np.arange(begin, begin + MARGIN_FRAMES)) * join.leaving.gain
    powers[:MARGIN_FRAMES] = np.square(before).sum(axis=0)
    tail, head = join.made.tail * join.leaving.gain, join.made.head * join.coming.gain
    powers[MARGIN_FRAMES : MARGIN_FRAMES + tail.shape[1]] += np.square(tail).sum(axis=0)
    room = span - MARGIN_FRAMES
    resume = join.made.resume_frames + join.coming.begins_frames
    behind = _stretch(join.coming.sound, np.arange(resume, resume + room)) * join.coming.gain
    powers[MARGIN_FRAMES:] += np.square(np.concatenate((head, behind), axis=1)[:, :room]).sum(axis=0)
    return powers


def _power(sound: Powers, gains: Powers, bass_gains: Powers) -> Powers:
    """Of a sound whose bass has its own gain."""
    bass = sosfiltfilt(butter(2, CORNER_HZ, fs=SAMPLE_RATE, output="sos"), sound, axis=1)
    return np.square((sound - bass) * gains + bass * bass_gains).sum(axis=0)


def _left(plan: SeguePlan, span: int) -> NDArray[np.int64]:
    """Which frame of the leaving track should be heard, frame by frame from half a second before the segue: its tempo may glide."""
    at = np.arange(span) - MARGIN_FRAMES
    end_speed = plan.beat.from_beat_frames / plan.beat.to_beat_frames if plan.beat else 1.0
    within = np.clip(at, 0, max(1, plan.overlap_frames))
    return np.asarray(plan.at_frames + at + np.round((end_speed - 1) * within**2 / (2 * max(1, plan.overlap_frames))), np.int64)


def _places(join: Join, count: int) -> NDArray[np.int64]:
    """Which frame of the coming track should be heard, frame by frame from the begin of the segue."""
    at = np.arange(count)
    beat, plan = join.plan.beat, join.plan
    resume = join.made.resume_frames + join.coming.begins_frames
    if beat is None:
        return at + resume - join.made.head.shape[1]
    end_speed = beat.coming_speed if beat.stretched else 1.0
    within = np.minimum(at, plan.overlap_frames)
    gone = within * (beat.coming_speed + (end_speed - beat.coming_speed) * within / (2 * plan.overlap_frames))
    return np.round(resume - gone[-1] + gone + (at - within)).astype(np.int64)


def _stretch(sound: Samples, places: NDArray[np.int64]) -> Powers:
    """The frames of `sound` at these places; silence where it has none."""
    inside = (places >= 0) & (places < sound.shape[1])
    return np.where(inside, sound[:, np.clip(places, 0, sound.shape[1] - 1)], 0.0).astype(np.float64)


def _frame_of_beat(plan: SeguePlan, number: float) -> float:
    """Where a beat of the overlap lies, found by halving: the sum of the beats before it at a tempo that moves evenly."""
    assert plan.beat is not None
    first, last = 1 / plan.beat.from_beat_frames, 1 / plan.beat.to_beat_frames
    low, high = 0.0, float(plan.overlap_frames)
    for _ in range(60):
        middle = (low + high) / 2
        if first * middle + (last - first) * middle**2 / (2 * plan.overlap_frames) < number:
            low = middle
        else:
            high = middle
    return low


def _apart_ms(join: Join) -> float:
    """The farthest that a beat of one side lies from that of the other, where both can be heard."""
    assert join.plan.beat is not None
    ours, theirs = _ticks(join.made.tail), _ticks(join.made.head)
    apart: list[float] = []
    for number in range(1, join.plan.beat.beats):
        at = _frame_of_beat(join.plan, number)
        turn = at / join.plan.overlap_frames * np.pi / 2
        if min(np.cos(turn), np.sin(turn)) < HEARD_GAIN:
            continue
        found = _found(ours, at), _found(theirs, at)
        if found[0] is not None and found[1] is not None:
            apart.append(abs(found[0] - found[1]) * 1000 / SAMPLE_RATE)
    # A track of half the tempo has a tick at every second beat only.
    return max(apart) if len(apart) > join.plan.beat.beats // 3 else float("inf")


def _ticks(sound: Samples) -> NDArray[np.float64]:
    """How strong the ticks are at each frame: the power of their band over two of their waves."""
    band = butter(2, (TICK_HZ * 0.7, TICK_HZ * 1.4), "bandpass", fs=SAMPLE_RATE, output="sos")
    return np.asarray(uniform_filter1d(np.square(sosfiltfilt(band, sound.sum(axis=0, dtype=np.float64))), round(2 * SAMPLE_RATE / TICK_HZ)))


def _found(ticks: NDArray[np.float64], at: float) -> float | None:
    """Where the tick near `at` has its middle of gravity; None if there is none."""
    begin = max(0, round(at) - SEARCH_FRAMES)
    around = ticks[begin : begin + 2 * SEARCH_FRAMES + TICK_FRAMES]
    best = int(np.argmax(around))
    if around[best] < 16 * np.median(around):
        return None
    first = max(0, best - TICK_FRAMES // 2)
    peak = around[first : best + TICK_FRAMES // 2]
    return begin + first + float((peak * np.arange(peak.size)).sum() / peak.sum())


async def measure() -> list[Row]:
    """In a thread, since it is busy all the time."""
    return await asyncio.to_thread(run, SEGUES)


def run(segues: int, planner: Kept | None = None, material: Sequence[Piece] = ()) -> list[Row]:
    """The rows after so many segues between tracks of `material`, or of all pieces."""
    progress("segues: making the tracks")
    material = material or pieces()
    planner = planner or Kept()
    referee = Referee(planner)
    order = Order([piece.track for piece in material], seed=1)
    with TemporaryDirectory() as folder:
        station = VirtualStation(Path(folder), Tracks(), store=Shelf(material), segues=planner, rundown=order)
        station.conductor._sinks = (referee,)
        told, left_seconds = 0, segues * LONGEST_TURN_SECONDS
        while referee.judged < segues:
            if left_seconds <= 0:
                raise Unmeasured(f"only {referee.judged} segues came in {segues * LONGEST_TURN_SECONDS / 3600:.0f} h on air")
            station.run(4.0)
            left_seconds -= 4
            if referee.judged >= told + 100:
                told += 100
                progress(f"segues: {told} of {segues}")
        faults = dict(station.faults.counts)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(referee.kinds.items()))
    note = f"{kinds}; {referee.unplanned} as they came" + (f"; faults {faults}" if faults else "")
    return [
        CLICKS.row(len(referee.clicked), note="; ".join([note, *referee.clicked[:5]])),
        PLANNED.row(sum(referee.kinds.values()) / referee.judged),
        LEVEL.row(referee.worst_level[0], note=referee.worst_level[1]),
        BEATS.row(referee.worst_beat[0], note=referee.worst_beat[1], valid=referee.kinds[SegueKind.BEATMATCHED.value] > 0),
        FALLBACKS.row(max(0, referee.bed_turns), valid=not faults),
    ]


MEASUREMENT: Final = Measurement((CLICKS, PLANNED, LEVEL, BEATS, FALLBACKS), measure, 3_600.0)
