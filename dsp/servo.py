"""The loudness servo: keeps the programme at its target, slowly enough that nobody hears it work.

Each track comes level-matched to its deck; the servo only mends what that leaves (segues, a limiter at work, a track measured wrong).
It compares the target with the loudness of the last 20 s or so. That is a mean of energy, as loudness is: a quiet passage weighs little
in it and keeps its quiet.
"""

import math
from typing import Final

DEAD_BAND_LU: Final = 0.3
"""No error below this starts a correction;"""
SETTLED_LU: Final = 0.05
"""a correction goes on until the error is below this."""
SPEED_DB: Final = 0.8
"""A second, at most."""
SETTLING_SECONDS: Final = 2.0
"""An error is worked off as fast as it would be gone in this time: the end of a correction is soft."""
RANGE_DB: Final = 9.0
FREEZE_LUFS: Final = -50.0
"""What is quieter is a pause, not a programme: it is not heard."""
WINDOW_SECONDS: Final = 20.0
PATIENCE_SECONDS: Final = 3.0
"""What must have been heard of a programme before anything is done about it."""


class LoudnessServo:
    """Decides a gain within +-9 dB from the loudness before that gain."""

    def __init__(self, target_lufs: float) -> None:
        self._target = target_lufs
        self._energy = 0.0
        self._heard_seconds = 0.0
        self._correcting = False
        self._gain_db = 0.0

    @property
    def gain_db(self) -> float:
        """What makes the programme as loud as the target."""
        return self._gain_db

    def hear(self, momentary_lufs: float, seconds: float) -> None:
        """Moves the gain by at most what `seconds` allow, knowing the momentary loudness of the ungained programme."""
        if momentary_lufs < FREEZE_LUFS:
            return
        self._heard_seconds = min(WINDOW_SECONDS, self._heard_seconds + seconds)
        self._energy += min(1.0, seconds / self._heard_seconds) * (10.0 ** (momentary_lufs / 10.0) - self._energy)
        if self._heard_seconds < PATIENCE_SECONDS:
            return
        wanted = min(RANGE_DB, max(-RANGE_DB, self._target - 10.0 * math.log10(self._energy)))
        error = wanted - self._gain_db
        self._correcting = abs(error) > (SETTLED_LU if self._correcting else DEAD_BAND_LU)
        if self._correcting:
            speed = min(SPEED_DB, max(-SPEED_DB, error / SETTLING_SECONDS))
            self._gain_db += speed * seconds
