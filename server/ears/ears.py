"""The ears of one worker: those of `dsp`, the fingerprint, and whatever other ears the operator has installed.

An ear of another kind refines what the first ones heard: it takes their Hearing and returns a better one. One that fails is passed over,
and said so: what was heard without it stands.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import structlog

from dsp.block import Samples
from dsp.ears import hear
from dsp.fingerprint import Fingerprint
from dsp.hearing import FEATURES_MODEL, Hearing
from server.catalogue.heard import heard
from server.catalogue.measurement import Measurement
from server.ears import chromaprint
from server.intake.prepared import load

_log = structlog.get_logger(__name__)


class Ear(Protocol):
    """One that hears something better."""

    @property
    def name(self) -> str:
        """As the log has it."""

    @property
    def features_model(self) -> str | None:
        """Of the feature vectors that it makes; None if it makes none."""

    def refine(self, samples: Samples, hearing: Hearing) -> Hearing:
        """`hearing` with what this ear knows better. May raise whatever its library raises."""


class FingerprintMaker(Protocol):
    """What makes fingerprints (server/ears/chromaprint.py)."""

    def available(self) -> bool: ...
    def fingerprint(self, samples: Samples, cue_in_frames: int) -> Fingerprint | None: ...


class Ears:
    """Hears tracks, one at a time, from any thread."""

    def __init__(
        self,
        more: Sequence[Ear] = (),
        fingerprints: FingerprintMaker = chromaprint,
        core: Callable[[Samples], Hearing] = hear,
    ) -> None:
        """`more`: in the order in which they refine what was heard."""
        self._more = more
        self._fingerprints = fingerprints
        self._core = core

    @property
    def makes_fingerprints(self) -> bool:
        return self._fingerprints.available()

    @property
    def features_model(self) -> str:
        """Of the feature vectors that they make now; a track with vectors of another model is to be heard again."""
        models = [ear.features_model for ear in self._more if ear.features_model is not None]
        return models[-1] if models else FEATURES_MODEL

    def listen(self, samples: Samples) -> Measurement:
        """All of a track, float32 [2, frames]. Takes seconds. Raises NothingToHear."""
        hearing = self._core(samples)
        for ear in self._more:
            try:
                hearing = ear.refine(samples, hearing)
            except Exception as error:  # noqa: BLE001 -- whatever a library of others raises
                _log.warning("an ear failed; the track is kept as it was heard without it", ear=ear.name, error=str(error))
        made = self._fingerprints.fingerprint(samples, hearing.cues.cue_in_frames)
        loudness = hearing.loudness
        kept = heard(hearing, made, sought=self.makes_fingerprints)
        return Measurement(samples.shape[1], loudness.integrated_lufs, loudness.true_peak_dbtp, hearing.cues, kept)

    def listen_to(self, path: Path) -> Measurement:
        """A prepared track. Raises OSError, ValueError, NothingToHear."""
        return self.listen(load(path))
