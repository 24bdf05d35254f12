"""ACE-Step as a backend of the studio: takes of briefs, one or eight at once, with tempo and key as wished.

Knows no torch: what is loaded and run stands in generation/acestep/instrument.py. The model takes one tempo, one key and one length a call,
so a batch is played in groups of briefs that agree on these; the seeds of one wish (best of n) are always one group.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypeAlias

import numpy as np

from dsp.block import Samples, frames_of
from generation.acestep.instrument import Instrument, NoRoom
from generation.acestep.options import TURBO, AceStepOptions
from generation.acestep.wording import Wording, word
from generation.backend import Progress, unheard
from generation.brief import Brief
from generation.errors import BackendAway, InvalidBrief
from generation.house_sound import to_house_sound
from generation.licence import Licence
from generation.procedural.titles import name_track
from generation.take import Take

NAME: Final = "acestep"
MOST: Final = 8
"""Takes at once: what the model's makers call its limit."""
_LOADED, _PLAYED = 0.05, 0.9
"""Where in the progress the model is there, and the last sound."""


class Plays(Protocol):
    """A loaded model. generation/acestep/instrument.py has the real one, and says what these do."""

    sample_rate: int

    def play(self, wordings: Sequence[Wording], seeds: Sequence[int], told: Progress) -> list[Samples]: ...
    def close(self) -> None: ...


Load: TypeAlias = Callable[[str, str, AceStepOptions], Plays]


class AceStep:
    """Loads the model with the first take and keeps it until `close`."""

    def __init__(self, model: str = TURBO, revision: str = "main", options: AceStepOptions | None = None, load: Load = Instrument) -> None:
        """`model`: a folder with a model in diffusers' format, or its name on Hugging Face, whose `revision` is taken.

        Raises InvalidBrief if the options cannot be.
        """
        self._options = options or AceStepOptions()
        if not 1 <= self._options.most_at_once <= MOST or self._options.steps < 1 or self._options.shift <= 0:
            raise InvalidBrief(f"acestep takes 1 to {MOST} takes at once, 1 step or more and a shift above 0")
        self._model = model
        self._revision = revision
        self._load = load
        self._room = self._options.most_at_once
        self._instrument: Plays | None = None

    @property
    def name(self) -> str:
        return NAME

    @property
    def licence(self) -> Licence:
        """MIT, as the makers of the weights give them."""
        return Licence("MIT", commercial_ok=True, weights=f"{self._model}@{self._revision}")

    @property
    def most_at_once(self) -> int:
        """Fewer than was set once the memory did not do for it."""
        return self._room

    def make(self, brief: Brief, progress: Progress = unheard) -> Take:
        """One take. Raises BackendAway, GenerationFailed."""
        return self.make_all([brief], progress)[0]

    def make_all(self, briefs: Sequence[Brief], progress: Progress = unheard) -> list[Take]:
        """One take a brief, in order; any number. Raises BackendAway, GenerationFailed."""
        if not briefs:
            return []
        progress(0.0, "loading the model")
        if self._instrument is None:
            self._instrument = self._load(self._model, self._revision, self._options)
        takes: dict[int, Take] = {}
        for group in _groups([word(brief) for brief in briefs]):
            self._play(self._instrument, briefs, group, takes, progress)
        progress(1.0, "done")
        return [takes[number] for number in range(len(briefs))]

    def close(self) -> None:
        """Frees the memory; the next take loads the model again."""
        if self._instrument is not None:
            self._instrument.close()
            self._instrument = None

    def _play(
        self, instrument: Plays, briefs: Sequence[Brief], group: list[tuple[int, Wording]], takes: dict[int, Take], progress: Progress
    ) -> None:
        """Plays a group in batches, halved as often as the memory asks for it. Raises BackendAway if there is no room for one take."""
        while group:
            batch, began = group[: self._room], len(takes) / len(briefs)
            share = len(batch) / len(briefs)

            def told(done: float, doing: str, began: float = began, share: float = share) -> None:
                progress(_LOADED + (_PLAYED - _LOADED) * (began + share * done), doing)

            try:
                sounds = instrument.play([wording for _, wording in batch], [briefs[number].seed for number, _ in batch], told)
            except NoRoom:
                sounds = []
            if not sounds:
                self._make_do(len(batch), batch[0][1])
                continue
            for (number, wording), sound in zip(batch, sounds, strict=True):
                takes[number] = self._take(briefs[number], wording, sound, instrument.sample_rate)
            group = group[len(batch) :]

    def _make_do(self, too_many: int, wording: Wording) -> None:
        if too_many == 1:
            self.close()
            raise BackendAway(
                f"the memory does not do for {wording.seconds:.0f} s of ACE-Step: set offload, or a shorter longest track"
            ) from NoRoom()
        self._room = too_many // 2

    def _take(self, brief: Brief, wording: Wording, sound: Samples, rate: int) -> Take:
        title, artist = name_track(brief.genre, np.random.default_rng([brief.seed, 0x717E]))
        return Take(
            samples=to_house_sound(sound[:, : round(brief.seconds * rate)], rate)[:, : frames_of(brief.seconds)],
            brief=brief,
            title=title,
            artist=artist,
            bpm=float(wording.bpm),
            key=str(wording.key),
            sections=(),
            provenance={
                "backend": NAME,
                "revision": self._revision,
                "seed": str(brief.seed),
                "model": self._model,
                "steps": str(self._options.steps),
            },
            licence=self.licence,
        )


def _groups(wordings: Sequence[Wording]) -> list[list[tuple[int, Wording]]]:
    """Those that agree on tempo, key and length, each with its number, in the order of their first."""
    found: dict[tuple[int, str, float], list[tuple[int, Wording]]] = {}
    for number, wording in enumerate(wordings):
        found.setdefault((wording.bpm, wording.keyscale, wording.seconds), []).append((number, wording))
    return list(found.values())
