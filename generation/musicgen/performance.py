"""Takes, played on the rows of an engine: any number of prompts, window after window, sound handed out as it gets ready.

A row that has ended its window is seated again at once: with the next window of its take, or with the next prompt. So takes of unequal
lengths keep all rows busy. Sound leaves in chunks (generation/musicgen/codec.py), the first of them six seconds into a take.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from generation.musicgen.codec import context, due
from generation.musicgen.engine import Engine
from generation.musicgen.instrument import Instrument
from generation.musicgen.melody import chroma, passage
from generation.musicgen.part import Part
from generation.musicgen.shape import FRAMES_A_SECOND
from generation.musicgen.tensor import Tensor
from generation.musicgen.windows import KEPT_FRAMES, WINDOW_FRAMES, Window, windows

Told: TypeAlias = Callable[[int], None]
"""Hears how many frames of all takes are done; it may raise, and then all of them end."""
_SEED_STEP: Final = 0x632BE59BD9B4E019
_MOST_SEED: Final = (1 << 63) - 1
_STEPS: Final = {True: FRAMES_A_SECOND // 2, False: 5}
"""How many steps are made at a time on a GPU, and on a CPU, which is slower: several times a second somebody is told."""


@dataclass(frozen=True, slots=True, eq=False)
class Prompt:
    """One take as the model is asked for it. Sounds are float32 [channels, samples] at the model's rate."""

    text: str
    frames: int
    seed: int
    opening: NDArray[np.float32] | None = None
    """What the take begins with: it goes on from there. It counts as part of the take."""
    melody: NDArray[np.float32] | None = None
    """Whose tune it follows, over and over; only a melody model hears it."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Some seconds of one take's sound."""

    prompt: int
    """Which one."""
    start: int
    """Its first sample in the take."""
    sound: NDArray[np.float32]
    """float32 [channels, samples]."""
    last: bool


def perform(
    instrument: Instrument, prompts: Sequence[Prompt], rows: int, told: Told, window: int = WINDOW_FRAMES, kept: int = KEPT_FRAMES
) -> Iterator[Piece]:
    """Plays the prompts on so many rows and yields the sound of each in order, those of different takes as they come."""
    engine = instrument.engine(rows, min(window, max(prompt.frames for prompt in prompts)))
    waiting = deque(_Playing(instrument, number, prompt, window, kept) for number, prompt in enumerate(prompts))
    playing: dict[int, _Playing] = {}
    done = 0
    while waiting or playing:
        for row in range(rows):
            if row not in playing and waiting:
                playing[row] = waiting.popleft()
        engine.seat({row: one.part() for row, one in playing.items() if one.wants_seat})
        steps = min(_STEPS[instrument.on_gpu], min((engine.steps_left(row) for row in playing), default=0))
        for _ in range(steps):
            engine.step()
        for row, one in playing.items():
            one.take_from(engine, row)
        yield from _pieces(instrument, list(playing.values()))
        done += sum(one.heard for row, one in playing.items() if one.ended)
        playing = {row: one for row, one in playing.items() if not one.ended}
        told(done + sum(one.heard for one in playing.values()))


class _Playing:
    """One take while it is made."""

    def __init__(self, instrument: Instrument, number: int, prompt: Prompt, window: int, kept: int) -> None:
        self.number = number
        self._prompt = prompt
        self._instrument = instrument
        self._books = instrument.shape.codebooks
        opening = None if prompt.opening is None else instrument.codec.encode(prompt.opening)[:, : prompt.frames]
        self._codes = np.zeros((self._books, prompt.frames), np.int64)
        self.heard = 0
        if opening is not None:
            self.heard = int(opening.shape[1])
            self._codes[:, : self.heard] = opening.numpy()
        self._left = deque(windows(prompt.frames, self.heard, window, kept))
        self._window: Window | None = None
        self._windows = 0
        self._decoded = 0
        self._text = instrument.words(prompt.text)
        self._tones = None
        if prompt.melody is not None and instrument.melody_steps:
            self._tones = chroma(prompt.melody.mean(axis=0), instrument.codec.rate)

    @property
    def wants_seat(self) -> bool:
        """Whether its row has to begin its next window."""
        return self._window is None and bool(self._left)

    @property
    def ended(self) -> bool:
        """Whether all of it has been decoded."""
        return self._decoded == self._prompt.frames

    def part(self) -> Part:
        """The next window, which begins now."""
        import torch

        self._window = window = self._left.popleft()
        seed = (self._prompt.seed + self._windows * _SEED_STEP) & _MOST_SEED
        self._windows += 1
        given = torch.from_numpy(self._codes[:, window.start : window.start + window.given].copy()) if window.given else None
        if self._instrument.shape.reads_text:
            return Part(window.frames, seed, self._text, None, given)
        steps, rate = self._instrument.melody_steps, self._instrument.codec.rate
        tones = None if self._tones is None else passage(self._tones, window.start / FRAMES_A_SECOND, steps, rate)
        return Part(window.frames, seed, None, self._instrument.before(self._text, tones), given)

    def take_from(self, engine: Engine, row: int) -> None:
        """What the row has ready, when that is a second, or the window's end."""
        if self._window is None:
            return
        start, frames = self._window.start, self._window.frames
        ready = min(frames, engine.ready(row))
        if ready == frames or start + ready >= self.heard + FRAMES_A_SECOND:
            self._codes[:, self.heard : start + ready] = engine.codes(row, self.heard - start, ready).numpy()
            self.heard = max(self.heard, start + ready)
        if ready == frames:
            self._window = None

    def chunks(self) -> list[tuple[int, int]]:
        """What can be decoded now; it counts as decoded from now on."""
        chunks = due(self._decoded, self.heard, self.heard == self._prompt.frames)
        if chunks:
            self._decoded = chunks[-1][1]
        return chunks

    def codes(self, first: int, last: int) -> tuple[Tensor, int]:
        """The codes for that chunk with its context, int64 [codebooks, frames], and how many frames of it come before the chunk."""
        import torch

        low, high = context(first, last, self.heard)
        return torch.from_numpy(self._codes[:, low:high].copy()), first - low

    def piece(self, first: int, last: int, sound: NDArray[np.float32], hop: int) -> Piece:
        """The chunk as it leaves."""
        return Piece(self.number, first * hop, sound, last == self._prompt.frames)


def _pieces(instrument: Instrument, playing: Sequence[_Playing]) -> Iterator[Piece]:
    """All chunks that are due. Those of one length are decoded together."""
    import torch

    hop = instrument.codec.hop
    alike: dict[int, list[tuple[_Playing, int, int, Tensor, int]]] = {}
    for one in playing:
        for first, last in one.chunks():
            codes, skipped = one.codes(first, last)
            alike.setdefault(int(codes.shape[1]), []).append((one, first, last, codes, skipped))
    found = []
    for those in alike.values():
        sounds = instrument.codec.decode(torch.stack([codes for _, _, _, codes, _ in those]))
        for (one, first, last, _, skipped), sound in zip(those, sounds, strict=True):
            cropped = sound[:, skipped * hop : (skipped + last - first) * hop]
            found.append(one.piece(first, last, np.ascontiguousarray(cropped), hop))
    yield from sorted(found, key=lambda piece: (piece.prompt, piece.start))
