"""MusicGen as a backend of the studio: takes of briefs, one or many at once. Its weights may not be used to earn money (CC-BY-NC-4.0).

Knows no torch: what is loaded and played on stands in generation/musicgen/instrument.py. The sound can be had while it is made (`sing`),
and goes on from an opening or after a melody where one is given.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from traceback import clear_frames
from typing import Final, TypeAlias

import numpy as np

from dsp.block import Samples, frames_of
from generation.backend import Progress, unheard
from generation.brief import Brief
from generation.errors import BackendAway
from generation.house_sound import to_house_sound
from generation.licence import Licence
from generation.musicgen.instrument import Instrument
from generation.musicgen.options import MEDIUM, MusicGenOptions
from generation.musicgen.performance import Piece, Prompt, Told, perform
from generation.musicgen.shape import FRAMES_A_SECOND
from generation.musicgen.wording import Wording, word
from generation.procedural.titles import name_track
from generation.take import Take

NAME: Final = "musicgen"
LICENCE: Final = "CC-BY-NC-4.0"
ROWS: Final = (1, 2, 4, 8, 16, 32, 64)
"""How many rows an engine for a GPU may have: a step is recorded for each."""
_LOADED, _PLAYED = 0.05, 0.95
"""Where in the progress the model is there, and the last sound."""
_FADE_SECONDS: Final = 4.0
"""The model plays on for ever; a track ends."""
_STREAM: Final = 0x6E1

Load: TypeAlias = Callable[[str, str, MusicGenOptions], Instrument]


@dataclass(frozen=True, slots=True)
class Timbre:
    """What is known of a model once it is loaded."""

    rate: int
    """Hz, of what `MusicGen.sing` yields and of the sounds in a Prompt."""
    channels: int
    hears_melodies: bool
    """Whether it follows the melody of a Prompt."""


class MusicGen:
    """Loads the model with the first take and keeps it until `close`."""

    def __init__(
        self, model: str = MEDIUM, revision: str = "main", options: MusicGenOptions | None = None, load: Load = Instrument
    ) -> None:
        """`model`: a folder with a model in transformers' format, or its name on Hugging Face, whose `revision` is taken. Small, medium,
        large, in mono or stereo, or melody."""
        self._options = options or MusicGenOptions()
        self._model = model
        self._revision = revision
        self._load = load
        self._room = self._options.most_at_once
        self._instrument: Instrument | None = None

    @property
    def name(self) -> str:
        return NAME

    @property
    def licence(self) -> Licence:
        """The makers' licence of the weights; what they are used for, nobody may be paid for."""
        return Licence(LICENCE, commercial_ok=False, attribution="MusicGen, Meta AI (CC BY-NC 4.0)", weights=f"{self._model}@{self._exact}")

    @property
    def most_at_once(self) -> int:
        """Fewer than was set once the memory did not do for it."""
        return self._room

    def make(self, brief: Brief, progress: Progress = unheard) -> Take:
        """One take, the same for the same brief on the same machine. Raises BackendAway, GenerationFailed."""
        return self.make_all([brief], progress)[0]

    def make_all(self, briefs: Sequence[Brief], progress: Progress = unheard) -> list[Take]:
        """One take a brief, in order; any number. Raises BackendAway, GenerationFailed."""
        if not briefs:
            return []
        wordings = [word(brief) for brief in briefs]
        prompts = [
            Prompt(wording.text, round(brief.seconds * FRAMES_A_SECOND), brief.seed)
            for wording, brief in zip(wordings, briefs, strict=True)
        ]
        sounds: list[list[Piece]] = [[] for _ in prompts]
        for piece in self.sing(prompts, progress):
            sounds[piece.prompt].append(piece)
        takes = []
        for brief, wording, pieces in zip(briefs, wordings, sounds, strict=True):
            progress(_PLAYED, "finishing the sound")
            takes.append(self._take(brief, wording, pieces))
        progress(1.0, "done")
        return takes

    def sing(self, prompts: Sequence[Prompt], progress: Progress = unheard) -> Iterator[Piece]:
        """The sound of the prompts while it is made, at the model's own rate and level. Progress is told of each second.

        Raises BackendAway, also in the middle: then all memory has been given back.
        """
        if not prompts:
            return
        with self._failing_softly(len(prompts)):
            progress(0.0, "loading the model")
            rows = self._rows(len(prompts), self._opened().on_gpu)
            yield from perform(self._opened(), prompts, rows, _teller(prompts, progress))

    def timbre(self) -> Timbre:
        """What this model is like. Loads it. Raises BackendAway."""
        with self._failing_softly(1):
            instrument = self._opened()
            return Timbre(instrument.codec.rate, instrument.codec.channels, instrument.melody_steps > 0)

    def close(self) -> None:
        """Lets go of the model and gives a GPU its memory back."""
        if self._instrument is not None:
            self._instrument = None
            _free()

    @property
    def _exact(self) -> str:
        return self._revision if self._instrument is None else self._instrument.revision

    @contextmanager
    def _failing_softly(self, takes: int) -> Iterator[None]:
        """What fails within is BackendAway, and all memory has been given back by then."""
        try:
            yield
        except (MemoryError, RuntimeError) as error:
            clear_frames(error.__traceback__)  # they hold the engine, and the error is kept with the one that is raised
            self.close()
            if not _no_memory(error):
                raise BackendAway(f"musicgen failed: {error}") from error
            tried = min(takes, self._room)
            self._room = max(1, tried // 2)
            raise BackendAway(f"not enough memory for {tried} takes of musicgen at once; {self._room} will be tried next") from error

    def _opened(self) -> Instrument:
        if self._instrument is None:
            self._instrument = self._load(self._model, self._revision, self._options)
        return self._instrument

    def _rows(self, prompts: int, on_gpu: bool) -> int:
        rows = min(prompts, self._room)
        if not on_gpu:
            return rows
        return max(count for count in ROWS if count <= self._room and (count < 2 * rows or count == 1))

    def _take(self, brief: Brief, wording: Wording, pieces: Sequence[Piece]) -> Take:
        assert self._instrument is not None
        sound = to_house_sound(np.concatenate([piece.sound for piece in pieces], axis=1), self._instrument.codec.rate)
        title, artist = name_track(brief.genre, np.random.default_rng([brief.seed, _STREAM]))
        provenance = {
            "backend": NAME,
            "model": self._model,
            "revision": self._instrument.revision,
            "seed": str(brief.seed),
            "prompt": wording.text,
        }
        return Take(_faded(sound), brief, title, artist, float(wording.bpm), str(wording.key), (), provenance, self.licence)


def _teller(prompts: Sequence[Prompt], progress: Progress) -> Told:
    """Tells progress of each step in whole seconds of sound."""
    frames = sum(prompt.frames for prompt in prompts)

    def tell(done: int) -> None:
        share = _LOADED + (_PLAYED - _LOADED) * done / frames
        progress(share, f"{done // FRAMES_A_SECOND} of {frames // FRAMES_A_SECOND} s of sound")

    return tell


def _faded(sound: Samples) -> Samples:
    fade = min(frames_of(_FADE_SECONDS), sound.shape[1])
    sound = sound.copy()
    sound[:, -fade:] *= np.cos(np.linspace(0.0, np.pi / 2.0, fade)).astype(np.float32) ** 2
    return sound


def _no_memory(error: Exception) -> bool:
    """Whether it is a MemoryError, torch's OutOfMemoryError, or what torch says where a CPU's memory does not do."""
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError" or "memory" in str(error).casefold()


def _free() -> None:
    import gc

    gc.collect()
    try:
        import torch
    except ImportError:
        return
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
