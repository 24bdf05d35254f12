"""Clicks: places at which the waveform does what no music does. For judging joins, not for repairing records.

Linear prediction foresees tones and leaves steps. A click is a lone outlier of what it could not foresee: quiet before it and quiet
after it. A drum's onset is not lone, for it rings on.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import Samples, frames_of
from dsp.gain import db_to_gain
from dsp.kernel import kernel, plain

ORDER: Final = 24
STRETCH_FRAMES: Final = 2048
"""Frames that share one prediction."""
PREDICTION_FLOOR: Final = 1e-5
"""Noise power, relative to the sound's, under which prediction does not try: less would call faint noise a click."""
QUIET: Final = 1e-10
"""The least power that stands for the surroundings."""
SIDE_FRAMES: Final = frames_of(0.010)
GUARD_FRAMES: Final = frames_of(0.0007)
"""The surroundings begin this far from the click, so that it does not count among them."""
APART_FRAMES: Final = frames_of(0.050)
"""Clicks closer than this count once."""
AT_FRAMES: Final = 4
CRACKLES: Final = 4
"""So many alike in half a second are the sound's own."""
AROUND_FRAMES: Final = frames_of(0.250)
"""What a join is compared with, on either side."""
OWN_STEP_SHARE: Final = 0.9999
BEYOND: Final = 1.5
SMALLEST_STEP: Final = 1e-4
"""-80 dBFS: a lower step is not heard."""


def find_clicks(samples: Samples, ratio: float = 10.0, floor_db: float = -50.0) -> list[int]:
    """The frames at which `samples` click.

    What prediction misses there is more than `ratio` times its mean on either side, and more than `floor_db`. The first and the last
    10 ms are not judged.
    """
    found = sorted(_outliers(samples, ratio, floor_db))
    return [frame for index, frame in enumerate(found) if index == 0 or frame - found[index - 1] > APART_FRAMES]


def clicks_at(samples: Samples, frame: int) -> bool:
    """Whether a join at `frame` can be heard as a click: `samples` hold it and at least 10 ms, better 100 ms, of either side.

    It clicks if a lone outlier lies within 4 frames of it, unless the sound is full of them there, for a record may crackle; or if the
    step to it is half as high again as the sound's own 99.99 % step.
    """
    first, last = max(0, frame - AROUND_FRAMES), min(samples.shape[1], frame + AROUND_FRAMES)
    around = samples[:, first:last]
    return _steps_at(around, frame - first) or _stands_out(_outliers(around, 10.0, -50.0), frame - first)


def _stands_out(outliers: dict[int, float], frame: int) -> bool:
    """Whether there is one at `frame` that has fewer than CRACKLES like it, or stronger, elsewhere."""
    here = max((strength for place, strength in outliers.items() if abs(place - frame) <= AT_FRAMES), default=0.0)
    alike = [place for place, strength in outliers.items() if abs(place - frame) > APART_FRAMES // 4 and BEYOND * strength >= here]
    return here > 0 and len(alike) < CRACKLES


def _steps_at(samples: Samples, frame: int) -> bool:
    """Whether the step from `frame` - 1 to `frame` is beyond those that the sound makes by itself."""
    if not 0 < frame < samples.shape[1]:
        return False
    steps = np.abs(np.diff(samples.astype(np.float64), axis=1))
    own = np.quantile(np.delete(steps, frame - 1, axis=1), OWN_STEP_SHARE, axis=1)
    return bool((steps[:, frame - 1] > BEYOND * own + SMALLEST_STEP).any())


def _outliers(samples: Samples, ratio: float, floor_db: float) -> dict[int, float]:
    """The lone outliers of either channel: frame -> what prediction missed there."""
    window = np.hanning(STRETCH_FRAMES)
    found: dict[int, float] = {}
    for channel in plain(samples):
        missed = np.zeros(channel.shape[0])
        _predict(channel, window, missed)
        for place in _lone(missed, ratio, db_to_gain(floor_db)):
            found[place] = max(found.get(place, 0.0), abs(float(missed[place])))
    return found


def _lone(missed: NDArray[np.float64], ratio: float, floor: float) -> list[int]:
    """Where `missed` exceeds the floor and `ratio` times what surrounds it."""
    places = np.flatnonzero(np.abs(missed) > floor)
    places = places[(places > SIDE_FRAMES) & (places < missed.size - SIDE_FRAMES)]
    power = np.concatenate(([0.0], np.cumsum(np.square(missed))))
    length = SIDE_FRAMES - GUARD_FRAMES
    before = (power[places - GUARD_FRAMES] - power[places - SIDE_FRAMES]) / length
    after = (power[places + SIDE_FRAMES] - power[places + GUARD_FRAMES]) / length
    around = np.maximum(np.maximum(before, after), QUIET)
    return [int(place) for place in places[np.abs(missed[places]) > ratio * np.sqrt(around)]]


@kernel
def _predict(sound: NDArray[np.float32], window: NDArray[np.float64], missed: NDArray[np.float64]) -> None:
    """Writes what the prediction of each stretch misses. The last stretch is moved back so that it is whole."""
    frames = sound.shape[0]
    taps = np.empty(ORDER + 1)
    for start in range(0, frames, STRETCH_FRAMES):
        first = max(0, min(start, frames - STRETCH_FRAMES))
        _fit(sound[first : min(frames, first + STRETCH_FRAMES)], window, taps)
        for frame in range(max(start, ORDER), min(frames, start + STRETCH_FRAMES)):
            error = 0.0
            for lag in range(ORDER + 1):
                error += taps[lag] * sound[frame - lag]
            missed[frame] = error


@kernel
def _fit(stretch: NDArray[np.float32], window: NDArray[np.float64], taps: NDArray[np.float64]) -> None:
    """The whitening filter of a stretch, taps[0] = 1: Levinson and Durbin's recursion on its windowed autocorrelation."""
    shaped = stretch * window[: stretch.shape[0]]
    correlation = np.zeros(ORDER + 1)
    for lag in range(ORDER + 1):
        for frame in range(lag, shaped.shape[0]):
            correlation[lag] += shaped[frame] * shaped[frame - lag]
    error = correlation[0] * (1.0 + PREDICTION_FLOOR) + 1e-9
    taps[:] = 0.0
    taps[0] = 1.0
    previous = np.empty(ORDER + 1)
    for order in range(1, ORDER + 1):
        reflection = 0.0
        for lag in range(order):
            reflection -= taps[lag] * correlation[order - lag]
        reflection /= error
        previous[:] = taps
        for lag in range(1, order + 1):
            taps[lag] = previous[lag] + reflection * previous[order - lag]
        error *= 1.0 - reflection * reflection
