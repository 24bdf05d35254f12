"""The judge of a simulated station: listens to every moment and says what was wrong with it.

It trusts nobody: positions, silence, joins, loudness and true peak are measured again on the mastered bus, by other means than those
that the station itself uses where there are any.
"""

import resource
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, Samples, frames_of, seconds_of
from dsp.clicks import clicks_at
from dsp.loudness import LoudnessMeter
from dsp.true_peak import TruePeakJudge
from server.air import Moment
from server.rundown.separation import Separation, violations
from server.track import Airing, Reason

SILENT: Final = 10 ** (-60 / 20)
GAP_FRAMES: Final = frames_of(0.02)
"""A shorter pause is music."""
KEPT_FRAMES: Final = frames_of(36.0)
"""A join is judged when its segue is over; segues are shorter than this."""
MARGIN_FRAMES: Final = frames_of(0.25)
PROGRAMME: Final = frozenset({Reason.QUEUE, Reason.LIBRARY, Reason.STUDIO})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a listener of the whole run would have heard. The bars are in sonicforge/cli/simulate.py."""

    seconds_aired: float
    joins: int
    tracks_aired: int
    first_sound_ms: float
    """How long nothing was heard before the first sound: the mastering's latency, and an opening that swells."""
    gaps: int
    """Pauses after it."""
    longest_gap_ms: float
    gapped_at: tuple[str, ...]
    """Where, for whoever goes after one: the position, how long, and what was on air."""
    clicks: int
    clicked_at: tuple[str, ...]
    """Where: the position, and what gave way to what."""
    playlist_violations: int
    position_errors: int
    fallbacks: int
    integrated_lufs: float
    loudness_error_lu: float
    true_peak_dbtp: float
    memory_slope_mb_per_hour: float


@dataclass(slots=True)
class Judge:
    """A Sink. One run, one judge."""

    target_lufs: float
    _meter: LoudnessMeter = field(default_factory=LoudnessMeter)
    _peak: TruePeakJudge = field(default_factory=TruePeakJudge)
    _kept: deque[Samples] = field(default_factory=lambda: deque(maxlen=KEPT_FRAMES // BLOCK_FRAMES))
    _expected: int | None = None
    _first: int = 0
    _first_sound: int | None = None
    _silent_frames: int = 0
    _gapped_at: list[str] = field(default_factory=list)
    _longest_gap_frames: int = 0
    _position_errors: int = 0
    _clicked_at: list[str] = field(default_factory=list)
    _joins: int = 0
    _seams: deque[tuple[int, str]] = field(default_factory=deque)
    """Positions at which something began or ended to sound, not yet judged, and what it was."""
    _airing: Airing | None = None
    _fallbacks: int = 0
    _memory: list[tuple[float, float]] = field(default_factory=list)

    def take(self, moment: Moment) -> None:
        """Hears one block."""
        if self._expected is None:
            self._first = moment.position
        elif moment.position != self._expected:
            self._position_errors += 1
        self._expected = moment.position + BLOCK_FRAMES
        self._meter.feed(moment.block)
        self._peak.feed(moment.block)
        self._kept.append(moment.block)
        self._follow(moment)
        self._hear_silence(moment)
        self._judge_seams(moment.position + BLOCK_FRAMES)
        if moment.position % (60 * SAMPLE_RATE) < BLOCK_FRAMES:
            self._memory.append((seconds_of(moment.position - self._first) / 3600, _resident_megabytes()))

    def verdict(self, aired: Sequence[Airing], separation: Separation) -> Verdict:
        """What was heard, and what of `aired` broke the rules of separation."""
        end = self._expected or 0
        self._end_silence(end)
        lufs = self._meter.integrated_lufs
        return Verdict(
            seconds_aired=seconds_of(end - self._first),
            joins=self._joins,
            tracks_aired=len({airing.entry.track.id for airing in aired}),
            first_sound_ms=1000 * seconds_of((end if self._first_sound is None else self._first_sound) - self._first),
            gaps=len(self._gapped_at),
            longest_gap_ms=1000 * seconds_of(self._longest_gap_frames),
            gapped_at=tuple(self._gapped_at),
            clicks=len(self._clicked_at),
            clicked_at=tuple(self._clicked_at),
            playlist_violations=len(violations(separation, aired, tolerance_seconds=1.0)),
            position_errors=self._position_errors,
            fallbacks=self._fallbacks,
            integrated_lufs=lufs,
            loudness_error_lu=lufs - self.target_lufs,
            true_peak_dbtp=self._peak.dbtp,
            memory_slope_mb_per_hour=_slope(self._memory[len(self._memory) // 2 :]),
        )

    def _hear_silence(self, moment: Moment) -> None:
        loud = np.flatnonzero(np.abs(moment.block).max(axis=0) >= SILENT)
        if loud.size == 0:
            self._silent_frames += BLOCK_FRAMES
            return
        first, last = int(loud[0]), int(loud[-1])
        if self._first_sound is None:
            self._first_sound = moment.position + first
        else:
            self._silent_frames += first
            self._end_silence(moment.position + first)
        inner = int(np.diff(loud).max(initial=1)) - 1
        self._longest_gap_frames = max(self._longest_gap_frames, inner)
        self._silent_frames = BLOCK_FRAMES - 1 - last

    def _end_silence(self, position: int) -> None:
        if self._first_sound is None:
            return
        self._longest_gap_frames = max(self._longest_gap_frames, self._silent_frames)
        if self._silent_frames > GAP_FRAMES:
            title = "nothing" if self._airing is None else self._airing.entry.track.title
            self._gapped_at.append(f"{position - self._silent_frames}: {1000 * seconds_of(self._silent_frames):.0f} ms, {title}")
        self._silent_frames = 0

    def _follow(self, moment: Moment) -> None:
        """Notes where one airing gives way to the next."""
        airing = moment.airing
        before, self._airing = self._airing, airing
        if before is None or before.entry.id == airing.entry.id:
            return
        self._joins += 1
        self._fallbacks += airing.entry.reason not in PROGRAMME
        names = f"{before.entry.track.title} -> {airing.entry.track.title}"
        seams = {airing.started_position, max(before.ends_position, airing.started_position)}
        self._seams += [(seam, names) for seam in sorted(seams)]

    def _judge_seams(self, end: int) -> None:
        """Looks for clicks around each seam that lies far enough back."""
        while self._seams and end - self._seams[0][0] >= 2 * MARGIN_FRAMES:
            seam, names = self._seams.popleft()
            kept = len(self._kept) * BLOCK_FRAMES
            begin = max(0, kept - (end - seam) - MARGIN_FRAMES)
            stretch = np.concatenate(self._kept, axis=1)[:, begin : begin + 2 * MARGIN_FRAMES]
            if clicks_at(stretch, kept - (end - seam) - begin):
                self._clicked_at.append(f"{seam}: {names}")


def _resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    return pages * resource.getpagesize() / 1e6


def _slope(points: Sequence[tuple[float, float]]) -> float:
    """Least-squares slope; 0 for fewer than two points."""
    if len(points) < 2:
        return 0.0
    x, y = (np.array(values) for values in zip(*points, strict=True))
    return float(np.polyfit(x, y, 1)[0])
