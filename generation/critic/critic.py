"""The critic: hears a take and says whether it may air, and how good it is. He has no taste: he hears faults that nobody could like.

It keeps nothing but a count of what it said. Which takes a station made last is handed in, as vectors.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE, Samples
from dsp.spectrogram import make_spectrogram
from generation.critic import profile
from generation.critic.assessor import Assessor, weighed
from generation.critic.form import heights, phrasing, self_similarity
from generation.critic.level import measure_level
from generation.critic.likeness import greatest_likeness, vector_of
from generation.critic.limits import Limits
from generation.critic.profile import PROFILES, Profile
from generation.critic.pulse import pulse_clarity
from generation.critic.verdict import Verdict
from generation.take import Take

_PULSE_WHOLE: Final = 0.85
"""A pulse that is beyond doubt."""


class Critic:
    """Judges takes, by one thread at a time, and counts what it said."""

    def __init__(self, limits: Limits | None = None, assessors: Sequence[Assessor] = ()) -> None:
        self._limits = limits or Limits()
        self._assessors = assessors
        self.heard = 0
        self.accepted = 0
        self.faults: Counter[str] = Counter()
        """How often each limit was broken, by the limit's name."""
        self.failures: Counter[str] = Counter()
        """How often each assessor failed, by its name; a take is judged without it then."""

    @property
    def approval_rate(self) -> float:
        """Of all that were heard, 0 to 1; 1 before the first."""
        return self.accepted / self.heard if self.heard else 1.0

    def hear(self, take: Take, last: Sequence[NDArray[np.float32]] = ()) -> Verdict:
        """`last`: the vectors of the station's last takes, this one not among them."""
        verdict = self._assessed(take, judge(take, self._limits, last))
        self.heard += 1
        self.accepted += verdict.accepted
        self.faults.update(verdict.faults.keys())
        return verdict

    def _assessed(self, take: Take, verdict: Verdict) -> Verdict:
        """With what the assessors say; what is refused anyhow is not worth their time."""
        if not (self._assessors and verdict.accepted):
            return verdict
        said, told = [], dict(verdict.parts)
        for assessor in self._assessors:
            try:
                value, figures = assessor.assess(take)
            except Exception:  # noqa: BLE001 -- whatever a library of others raises
                self.failures[assessor.name] += 1
                continue
            if np.isfinite(value):
                said.append((assessor.share, value))
                told |= {assessor.name: value, **figures}
        score = 100.0 * weighed(verdict.parts["dsp"], said)
        return Verdict(_too_low(score, self._limits), verdict.measures, told, score, verdict.vector)


def judge(take: Take, limits: Limits | None = None, last: Sequence[NDArray[np.float32]] = ()) -> Verdict:
    """Hears the whole take. Sound that is not finite is refused at once."""
    limits = limits or Limits()
    sound = take.samples
    if not _is_sound(sound):
        return Verdict({"sound": "it is no finite stereo sound of at least a second"}, {"seconds": take.seconds}, {"dsp": 0.0}, 0.0)
    of_genre = PROFILES[take.brief.genre]
    spectrogram = make_spectrogram(sound)
    bands = heights(spectrogram)
    vector = vector_of(spectrogram, bands)
    measures = {
        **measure_level(sound),
        "seconds": take.seconds,
        "pulse_clarity": pulse_clarity(spectrogram, take.bpm),
        "self_similarity": self_similarity(bands),
        "likeness": greatest_likeness(vector, last),
    }
    measures = {name: float(np.nan_to_num(value)) for name, value in measures.items()}
    parts = {
        "balance": profile.balance(of_genre, spectrogram),
        "pulse": min(1.0, measures["pulse_clarity"] / _PULSE_WHOLE),
        "key": profile.in_key(take.key, spectrogram),
        "dynamics": profile.dynamics(of_genre, measures["range_lu"]),
        "form": phrasing(bands, take.bpm),
        "distance": profile.distance(measures["likeness"]),
        "end": profile.ending(measures["end_db"], limits.loudest_end_db),
    }
    parts = {name: float(np.nan_to_num(value)) for name, value in parts.items()}
    whole = profile.score(of_genre, parts)
    faults = _faults(measures, take.brief.seconds, limits, of_genre) | _too_low(100.0 * whole, limits)
    return Verdict(faults, measures, {**parts, "dsp": whole}, 100.0 * whole, vector)


def _is_sound(sound: Samples) -> bool:
    return sound.ndim == 2 and sound.shape[0] == 2 and sound.shape[1] >= SAMPLE_RATE and bool(np.isfinite(sound).all())


def _too_low(score: float, limits: Limits) -> dict[str, str]:
    return {"least_score": f"a score of {score:.0f}"} if score < limits.least_score else {}


def _faults(heard: Mapping[str, float], wished_seconds: float, limits: Limits, of_genre: Profile) -> dict[str, str]:
    """Every limit that is broken, in the order in which they are told."""
    length_error = abs(heard["seconds"] - wished_seconds)
    allowed = max(limits.length_seconds, limits.length_share * wished_seconds)
    above = (
        ("silent_share", "silent_share", "{:.0%} of it is silence"),
        ("longest_hole_seconds", "longest_hole_seconds", "a hole of {:.1f} s"),
        ("clipped_share", "clipped_share", "{:.2%} of the samples are clipped"),
        ("offset", "offset", "an offset of {:.3f}"),
        ("greatest_imbalance_db", "imbalance_db", "one channel is {:.0f} dB below the other"),
        ("greatest_flatness", "flatness", "it is noise: flatness {:.2f}"),
        ("greatest_self_similarity", "self_similarity", "it stands still: its pieces are alike by {:.3f}"),
        ("loudest_end_db", "end_db", "it was cut off: its end is at {:.0f} dB"),
        ("greatest_likeness", "likeness", "it has been made before: alike by {:.3f}"),
        ("loudest_lufs", "integrated_lufs", "too loud: {:.1f} LUFS"),
    )
    below = (
        ("quietest_lufs", "integrated_lufs", "too quiet: {:.1f} LUFS"),
        ("least_correlation", "correlation", "the channels cancel: correlation {:.2f}"),
        *((("least_pulse", "pulse_clarity", "it does not beat: pulse {:.2f}"),) if of_genre.danced else ()),
    )
    found = {limit: words.format(heard[name]) for limit, name, words in above if heard[name] > getattr(limits, limit)}
    found |= {limit: words.format(heard[name]) for limit, name, words in below if heard[name] < getattr(limits, limit)}
    if length_error > allowed:
        found["length_seconds"] = f"{heard['seconds']:.0f} s long, {wished_seconds:.0f} s were wished"
    return found
