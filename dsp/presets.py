"""The presets: four ways to master a programme, each with its reasons.

Their thresholds are meant for a programme of -16 LUFS, which is what decks bring each track to; the chain brings any other to that
first. What a band's compressor takes on such a programme its gain gives back, so a preset moves the balance little and the servo less.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from dsp.settings import (
    BandSettings,
    CompressorSettings,
    CrossoverSettings,
    DeesserSettings,
    ExciterSettings,
    MasteringSettings,
    ServoSettings,
    WidthSettings,
)


@dataclass(frozen=True, slots=True)
class Preset:
    """Settings that have a name, and what they are for."""

    name: str
    why: str
    settings: MasteringSettings


RADIO: Final = MasteringSettings(
    deesser=DeesserSettings(threshold_db=-8.0, slope=0.7, most_db=4.0),
    compressor=CompressorSettings(
        low=BandSettings(threshold_db=-17.0, ratio=2.5, attack_ms=25.0, release_ms=220.0, gain_db=2.2),
        low_mid=BandSettings(threshold_db=-18.0, ratio=2.0, attack_ms=15.0, release_ms=180.0, gain_db=1.7),
        high_mid=BandSettings(threshold_db=-21.0, ratio=2.0, attack_ms=8.0, release_ms=140.0, gain_db=1.3),
        high=BandSettings(threshold_db=-24.0, ratio=2.0, attack_ms=4.0, release_ms=100.0, gain_db=1.8),
    ),
    width=WidthSettings(low=0.0, low_mid=1.0, high_mid=1.05, high=1.1),
    exciter=ExciterSettings(amount=0.1),
)

_LOUD: Final = replace(
    RADIO,
    compressor=CompressorSettings(
        low=BandSettings(threshold_db=-20.0, ratio=3.0, attack_ms=20.0, release_ms=180.0, gain_db=4.0),
        low_mid=BandSettings(threshold_db=-21.0, ratio=2.5, attack_ms=10.0, release_ms=140.0, gain_db=3.5),
        high_mid=BandSettings(threshold_db=-24.0, ratio=2.5, attack_ms=6.0, release_ms=110.0, gain_db=2.8),
        high=BandSettings(threshold_db=-27.0, ratio=2.5, attack_ms=3.0, release_ms=80.0, gain_db=3.2),
    ),
    width=WidthSettings(low=0.0, low_mid=1.0, high_mid=1.1, high=1.15),
    exciter=ExciterSettings(amount=0.15),
    servo=ServoSettings(target_lufs=-14.0),
)

_TRANSPARENT: Final = MasteringSettings(
    deesser=DeesserSettings(bypass=True),
    crossover=CrossoverSettings(bypass=True),
    compressor=CompressorSettings(bypass=True),
    width=WidthSettings(bypass=True),
    exciter=ExciterSettings(bypass=True),
)

_BROADCAST: Final = replace(_TRANSPARENT, servo=ServoSettings(target_lufs=-23.0))

PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            Preset(
                "transparent",
                "Leaves records as they were made: no compressor, no de-esser, no overtones. Only rumble goes, the loudness is held at "
                "-16 LUFS and peaks below -1 dBTP. For a station whose tracks are mastered well.",
                _TRANSPARENT,
            ),
            Preset(
                "radio",
                "The sound of one station whatever the tracks: four gentle compressors even out bass and brightness, bass is mono, "
                "sibilants are tamed. -16 LUFS, as AES TD1008 recommends for streams.",
                RADIO,
            ),
            Preset(
                "loud",
                "Denser and louder, for listeners in cars and kitchens: more compression, -14 LUFS as the large music services play. "
                "Costs dynamics, which is why it is not the default.",
                _LOUD,
            ),
            Preset(
                "broadcast",
                "EBU R 128: -23 LUFS for a feed that a broadcaster takes and masters himself. As gentle as transparent.",
                _BROADCAST,
            ),
        )
    }
)
