"""Fits the weights with which the ears judge tempo and key, and prints them: `python -m benchmarks.sound_ears_fit`. Takes minutes.

It hears known tracks of other seeds than those of the benchmark. A judgement is a choice among candidates, each with a row of evidence;
its weights make the right ones likeliest (conditional logit), and are kept small, so that no one piece of evidence decides alone. What is
printed goes into dsp/tempo_weights.py and dsp/key_profiles.py by hand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.sound_ears_tracks import KnownTrack, known_tracks
from benchmarks.unmeasured import progress
from dsp import key, tempo
from dsp.chroma import NOTES, chroma_of, tuning_semitones
from dsp.onsets import onset_strengths
from dsp.spectrogram import Spectrogram, make_spectrogram
from dsp.tempo_weights import MULTIPLES

SEEDS: Final = (1, 2, 3)
TRACKS: Final = 240
"""Of each seed."""
RIGHT: Final = 0.03
"""A candidate this near to the true tempo is right."""
TEMPO_RESTRAINT: Final = 0.15
OCTAVE_RESTRAINT: Final = 0.01
KEY_RESTRAINT: Final = 0.3
Weights = NDArray[np.float64]

TEMPERLEY: Final = (
    (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400),
    (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330),
)
FARALDO: Final = (
    (0.1652, 0.0475, 0.0829, 0.0669, 0.0999, 0.0927, 0.0529, 0.1316, 0.0522, 0.0744, 0.0694, 0.0643),
    (0.1724, 0.0534, 0.0761, 0.1004, 0.0562, 0.0853, 0.0498, 0.1345, 0.0746, 0.0501, 0.0919, 0.0555),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One track's candidates."""

    evidence: NDArray[np.float64]
    """[candidates, weights]."""
    right: NDArray[np.bool_]


def main() -> None:
    """Hears the tracks and prints both tables."""
    tempi, keys = [], []
    for seed in SEEDS:
        for number, track in enumerate(known_tracks(TRACKS, seed)):
            spectrogram = make_spectrogram(track.samples)
            tempi.append(tempo_choice(spectrogram, track.bpm))
            keys.append(key_choice(spectrogram, track))
            if number % 24 == 23:
                progress(f"seed {seed}: {number + 1} of {TRACKS} tracks")
    print("\n".join((*tempo_table(fit(tempi, _restraint_of_tempo(tempi))), *key_table(fit(keys, _restraint_of_keys())))))


def tempo_choice(spectrogram: Spectrogram, bpm: float) -> Choice:
    """Which candidate is the tempo."""
    correlations = tempo.correlate(tempo.pulse_of(onset_strengths(spectrogram)))
    candidates = tempo.candidate_tempi(correlations)
    return Choice(tempo.evidence(correlations, candidates), np.abs(candidates / bpm - 1.0) < RIGHT)


def key_choice(spectrogram: Spectrogram, track: KnownTrack) -> Choice:
    """Which of the 24 is the key. What speaks: the two known profiles, each note as seen from the tonic, the beginning, minor."""
    notes, first = key.evidence(chroma_of(spectrogram, tuning_semitones(spectrogram)))
    rows = np.zeros((2 * NOTES, 4 + 2 * NOTES))
    for minor in range(2):
        for tonic in range(NOTES):
            row, seen = rows[NOTES * minor + tonic], np.roll(notes, -tonic)
            row[0], row[1] = np.dot(_shape(TEMPERLEY[minor]), seen), np.dot(_shape(FARALDO[minor]), seen)
            row[2] = np.dot(_shape(key.TRIADS[minor]), np.roll(first, -tonic))
            row[3] = minor
            row[4 + NOTES * minor : 4 + NOTES * (minor + 1)] = seen
    return Choice(rows, np.arange(2 * NOTES) == NOTES * track.minor + track.tonic)


def fit(choices: Sequence[Choice], restraint: Weights) -> Weights:
    """The weights under which the right candidates are likeliest, less `restraint` times the square of each."""
    known = [choice for choice in choices if choice.right.any()]

    def loss(weights: Weights) -> tuple[float, Weights]:
        total, slope = float(restraint @ weights**2), 2.0 * restraint * weights
        for choice in known:
            scores = choice.evidence @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            right = float(chances[choice.right].sum()) + 1e-12
            total -= np.log(right)
            slope -= choice.evidence.T @ (chances * choice.right / right - chances)
        return total, slope

    return np.asarray(minimize(loss, np.zeros(restraint.size), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x)


def tempo_table(weights: Weights) -> Iterator[str]:
    """A line for each multiple of the beat, and one for how fast it is."""
    for multiple, row in zip(MULTIPLES, weights[:-2].reshape(len(MULTIPLES), -1), strict=True):
        yield f"{multiple:6.3f}: [{', '.join(f'{weight:.2f}' for weight in row)}],"
    yield f"octaves: {weights[-2]:.2f}, {weights[-1]:.2f}"


def key_table(weights: Weights) -> Iterator[str]:
    """The profile of each mode, all that speaks for a note put together; the beginning and minor."""
    for minor, name in enumerate(("major", "minor")):
        profile = weights[0] * _shape(TEMPERLEY[minor]) + weights[1] * _shape(FARALDO[minor])
        profile = profile + weights[4 + NOTES * minor : 4 + NOTES * (minor + 1)]
        yield f"{name}: [{', '.join(f'{weight:.2f}' for weight in profile)}],"
    yield f"beginning: {weights[2]:.2f}, minor: {weights[3]:.2f}"


def _restraint_of_tempo(choices: Sequence[Choice]) -> Weights:
    restraint = np.full(choices[0].evidence.shape[1], TEMPO_RESTRAINT)
    restraint[-2:] = OCTAVE_RESTRAINT
    return restraint


def _restraint_of_keys() -> Weights:
    """The known profiles and the two single weights are held loosely."""
    return np.concatenate((np.full(4, KEY_RESTRAINT / 6.0), np.full(2 * NOTES, KEY_RESTRAINT)))


def _shape(profile: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    centred = np.asarray(profile, np.float64) - np.mean(profile)
    return np.asarray(centred / np.linalg.norm(centred))


if __name__ == "__main__":
    main()
