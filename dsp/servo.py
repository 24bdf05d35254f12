"""The loudness servo: keeps the programme at its target, slowly enough that nobody hears it work.

Each track comes level-matched to its deck; the servo only mends what that leaves (segues, a limiter at work, a track measured wrong).
It compares the target with the loudness of the last 20 s or so, taken as R 128 takes it: as a mean of energy, without what lies 10 LU
below it. So a quiet passage keeps its quiet, unless it goes on for so long that it is the programme.
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
PATIENCE_SECONDS: Final = 8.0
"""What must have been heard of a programme before anything is done about it: longer than most quiet beginnings."""
PASSAGE_LU: Final = 10.0
"""What is further below the programme is a quiet passage of it, and not heard either,"""
PASSAGE_SECONDS: Final = 30.0
"""for so long."""


class LoudnessServo:
    """Decides a gain within +-9 dB from the loudness before that gain."""

    def __init__(self, target_lufs: float) -> None:
        self._target = target_lufs
        self._energy = 0.0
        self._heard_seconds = 0.0
        self._quiet_seconds = 0.0
        self._correcting = False
        self._gain_db = 0.0

    @property
    def gain_db(self) -> float:
        """What makes the programme as loud as the target."""
        return self._gain_db

    def hear(self, momentary_lufs: float, seconds: float) -> None:
        """Moves the gain by at most what `seconds` allow, knowing the momentary loudness of the ungained programme."""
        if momentary_lufs < FREEZE_LUFS or self._in_quiet_passage(momentary_lufs, seconds):
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

    def _in_quiet_passage(self, momentary_lufs: float, seconds: float) -> bool:
        """Whether what is heard now lies far below the programme, and has not for long."""
        quiet = self._energy > 0.0 and momentary_lufs < 10.0 * math.log10(self._energy) - PASSAGE_LU
        self._quiet_seconds = self._quiet_seconds + seconds if quiet else 0.0
        return quiet and self._quiet_seconds < PASSAGE_SECONDS
