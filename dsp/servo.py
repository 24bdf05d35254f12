"""The loudness servo: keeps the programme at its target, slowly enough that nobody hears it work.

Each track comes level-matched to its deck; the servo only mends what that leaves (segues, a limiter at work, a track measured wrong).
It compares the target with the loudness of the last 20 s or so, taken as R 128 takes it: as a mean of energy, without what lies 10 LU
below it. So a quiet passage keeps its quiet, unless it goes on for so long that it is the programme.
"""

import math
from typing import Final

from dsp.settings import ServoSettings

DEAD_BAND_LU: Final = 0.3
"""No error below this starts a correction;"""
SETTLED_LU: Final = 0.05
"""a correction goes on until the error is below this."""
SETTLING_SECONDS: Final = 2.0
"""An error is worked off as fast as it would be gone in this time: the end of a correction is soft."""
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
    """Decides a gain from the loudness before that gain.

    The gain is the way from the programme's nominal loudness to the target, which is gone at once, and a correction for what the
    programme really is, which is gone slowly and within the servo's range.
    """

    def __init__(self, settings: ServoSettings, programme_lufs: float = -16.0) -> None:
        self._settings = settings
        self._programme = programme_lufs
        self._energy = 0.0
        self._heard_seconds = 0.0
        self._quiet_seconds = 0.0
        self._correcting = False
        self._correction_db = 0.0

    def change(self, settings: ServoSettings) -> None:
        """Goes on with other settings."""
        self._settings = settings
        self._correction_db = min(settings.range_db, max(-settings.range_db, self._correction_db))

    @property
    def gain_db(self) -> float:
        """What makes the programme as loud as the target."""
        return self._settings.target_lufs - self._programme + self._correction_db

    def hear(self, momentary_lufs: float, seconds: float) -> None:
        """Moves the gain by at most what `seconds` allow, knowing the momentary loudness of the ungained programme."""
        if momentary_lufs < FREEZE_LUFS or self._in_quiet_passage(momentary_lufs, seconds):
            return
        self._heard_seconds = min(WINDOW_SECONDS, self._heard_seconds + seconds)
        self._energy += min(1.0, seconds / self._heard_seconds) * (10.0 ** (momentary_lufs / 10.0) - self._energy)
        if self._heard_seconds < PATIENCE_SECONDS:
            return
        reach = self._settings.range_db
        wanted = min(reach, max(-reach, self._programme - 10.0 * math.log10(self._energy)))
        error = wanted - self._correction_db
        self._correcting = abs(error) > (SETTLED_LU if self._correcting else DEAD_BAND_LU)
        if self._correcting:
            speed = min(self._settings.speed_db, max(-self._settings.speed_db, error / SETTLING_SECONDS))
            self._correction_db += speed * seconds

    def _in_quiet_passage(self, momentary_lufs: float, seconds: float) -> bool:
        """Whether what is heard now lies far below the programme, and has not for long."""
        quiet = self._energy > 0.0 and momentary_lufs < 10.0 * math.log10(self._energy) - PASSAGE_LU
        self._quiet_seconds = self._quiet_seconds + seconds if quiet else 0.0
        return quiet and self._quiet_seconds < PASSAGE_SECONDS
