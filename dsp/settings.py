"""What can be set in the mastering chain, stage by stage, and within what bounds.

Plain values: nothing here makes sound. A value out of bounds, a name that does not exist or a number that is none is BadSettings, so
whoever holds a MasteringSettings holds one that the chain can play. A bypassed stage keeps its other values for later.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final, TypeVar

LOWEST_CEILING_DBTP: Final = -12.0
LARGEST: Final = 1e12
"""What is larger is no number that anybody meant, and perhaps too large for a float."""


class BadSettings(ValueError):
    """These are no settings of the mastering chain."""


def _number(default: float, least: float, most: float) -> float:
    """A field that holds a number from `least` to `most`."""
    return field(default=default, metadata={"range": (least, most)})


@dataclass(frozen=True, slots=True)
class _Stage:
    """What all settings have in common: they are right as soon as they exist."""

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if each.type is bool:
                if not isinstance(value, bool):
                    raise BadSettings(f"{each.name} is {value!r}, neither true nor false")
            elif "range" in each.metadata:
                least, most = each.metadata["range"]
                if isinstance(value, bool) or not isinstance(value, int | float) or not -LARGEST < value < LARGEST:
                    raise BadSettings(f"{each.name} is {value!r}, not a number")
                if not least <= value <= most:
                    raise BadSettings(f"{each.name} is {value:g}, not from {least:g} to {most:g}")
                object.__setattr__(self, each.name, float(value))
            elif isinstance(each.type, type) and not isinstance(value, each.type):
                raise BadSettings(f"{each.name} is {value!r}, not a {each.type.__name__}")


@dataclass(frozen=True, slots=True)
class PreGainSettings(_Stage):
    """How much louder or softer the programme goes into the chain."""

    gain_db: float = _number(0.0, -12.0, 12.0)
    bypass: bool = False


@dataclass(frozen=True, slots=True)
class RumbleSettings(_Stage):
    """The high-pass, 12 dB an octave."""

    cutoff_hz: float = _number(28.0, 10.0, 120.0)
    """-3 dB here."""
    bypass: bool = False


@dataclass(frozen=True, slots=True)
class DeesserSettings(_Stage):
    """Turns sibilants down, only where they are."""

    split_hz: float = _number(5500.0, 3000.0, 10_000.0)
    """Sibilants lie above."""
    threshold_db: float = _number(-8.0, -30.0, 0.0)
    """How far below the whole sound their energy may lie before they are turned down."""
    slope: float = _number(0.7, 0.0, 2.0)
    """Decibels of reduction for each decibel above the threshold."""
    most_db: float = _number(6.0, 0.0, 18.0)
    """They are never turned down further."""
    attack_ms: float = _number(1.5, 0.5, 20.0)
    release_ms: float = _number(60.0, 10.0, 500.0)
    bypass: bool = False


@dataclass(frozen=True, slots=True)
class CrossoverSettings(_Stage):
    """Where the four bands meet. Bypassed, compressors and width are bypassed with it, and the sound's phase is left alone."""

    low_hz: float = _number(120.0, 40.0, 400.0)
    mid_hz: float = _number(800.0, 250.0, 2500.0)
    high_hz: float = _number(5000.0, 2000.0, 12_000.0)
    bypass: bool = False

    def __post_init__(self) -> None:
        super(CrossoverSettings, self).__post_init__()
        if not (2.0 * self.low_hz <= self.mid_hz and 2.0 * self.mid_hz <= self.high_hz):
            raise BadSettings(f"low_hz, mid_hz, high_hz are {self.low_hz:g}, {self.mid_hz:g}, {self.high_hz:g}, less than an octave apart")


@dataclass(frozen=True, slots=True)
class BandSettings(_Stage):
    """The compressor of one band."""

    threshold_db: float = _number(-18.0, -60.0, 0.0)
    """dBFS of the band's peak, both channels taken together."""
    ratio: float = _number(2.5, 1.0, 20.0)
    knee_db: float = _number(6.0, 0.5, 24.0)
    """How wide the bend around the threshold is."""
    attack_ms: float = _number(10.0, 0.5, 200.0)
    release_ms: float = _number(150.0, 10.0, 2000.0)
    gain_db: float = _number(0.0, -12.0, 12.0)
    """What is given back after compression."""
    bypass: bool = False


@dataclass(frozen=True, slots=True)
class CompressorSettings(_Stage):
    """The four compressors."""

    low: BandSettings = BandSettings(attack_ms=20.0, release_ms=200.0)
    low_mid: BandSettings = BandSettings()
    high_mid: BandSettings = BandSettings(attack_ms=5.0, release_ms=100.0)
    high: BandSettings = BandSettings(attack_ms=2.0, release_ms=80.0)
    bypass: bool = False

    @property
    def bands(self) -> tuple[BandSettings, BandSettings, BandSettings, BandSettings]:
        """From the lowest to the highest."""
        return self.low, self.low_mid, self.high_mid, self.high


@dataclass(frozen=True, slots=True)
class WidthSettings(_Stage):
    """How wide each band is: 0 is mono, 1 is as it came."""

    low: float = _number(0.0, 0.0, 2.0)
    low_mid: float = _number(1.0, 0.0, 2.0)
    high_mid: float = _number(1.0, 0.0, 2.0)
    high: float = _number(1.0, 0.0, 2.0)
    bypass: bool = False


@dataclass(frozen=True, slots=True)
class ExciterSettings(_Stage):
    """Overtones for what lies between 3 and 6.5 kHz."""

    amount: float = _number(0.1, 0.0, 1.0)
    """The share of the overtones in the sum."""
    drive_db: float = _number(12.0, 0.0, 24.0)
    """How hard they are driven: more drive, more overtones from soft sound."""
    bypass: bool = False


@dataclass(frozen=True, slots=True)
class ServoSettings(_Stage):
    """The loudness that goes out."""

    target_lufs: float = _number(-16.0, -31.0, -9.0)
    range_db: float = _number(9.0, 0.0, 18.0)
    """How far it may correct the programme, up or down."""
    speed_db: float = _number(0.8, 0.05, 3.0)
    """How far it may move in a second."""
    bypass: bool = False


@dataclass(frozen=True, slots=True)
class LowPassSettings(_Stage):
    """The low-pass at 20 kHz: nothing above it reaches an encoder, and the limiter sees all that is left."""

    bypass: bool = False


@dataclass(frozen=True, slots=True)
class LimiterSettings(_Stage):
    """The last word. Bypassed, nothing holds a ceiling any more: for measuring, not for the air."""

    ceiling_dbtp: float = _number(-1.0, LOWEST_CEILING_DBTP, 0.0)
    release_ms: float = _number(80.0, 20.0, 1000.0)
    bypass: bool = False


Stage = TypeVar("Stage", bound=_Stage)


@dataclass(frozen=True, slots=True)
class MasteringSettings(_Stage):
    """All of the chain, in the order of the sound's way."""

    programme_lufs: float = _number(-16.0, -31.0, -9.0)
    """How loud the programme comes in: what decks bring each track to."""
    pre_gain: PreGainSettings = PreGainSettings()
    rumble: RumbleSettings = RumbleSettings()
    deesser: DeesserSettings = DeesserSettings()
    crossover: CrossoverSettings = CrossoverSettings()
    compressor: CompressorSettings = CompressorSettings()
    width: WidthSettings = WidthSettings()
    exciter: ExciterSettings = ExciterSettings()
    servo: ServoSettings = ServoSettings()
    lowpass: LowPassSettings = LowPassSettings()
    limiter: LimiterSettings = LimiterSettings()

    @classmethod
    def from_table(cls, table: Mapping[str, Any], base: "MasteringSettings | None" = None) -> "MasteringSettings":
        """`base` (else the defaults) with what `table` says, as TOML has it: {"limiter": {"ceiling_dbtp": -2.0}}. Raises BadSettings."""
        return _changed(base or cls(), table, "")

    def to_table(self) -> dict[str, Any]:
        """What `from_table` reads; all of it."""
        return asdict(self)


def ranges(settings: _Stage | None = None, path: str = "") -> dict[str, tuple[float, float]]:
    """The bounds of every number by its path: {"limiter.ceiling_dbtp": (-12.0, 0.0), ...}."""
    stage = settings or MasteringSettings()
    found: dict[str, tuple[float, float]] = {}
    for each in fields(stage):
        value = getattr(stage, each.name)
        if isinstance(value, _Stage):
            found |= ranges(value, f"{path}{each.name}.")
        elif "range" in each.metadata:
            found[path + each.name] = each.metadata["range"]
    return found


def _changed(stage: Stage, table: object, path: str) -> Stage:
    """`stage` with what `table` says; `path` is for the errors' words."""
    if not isinstance(table, Mapping):
        raise BadSettings(f"{path.rstrip('.') or 'mastering'} is {table!r}, not a table")
    names = {each.name for each in fields(stage)}
    values: dict[str, object] = {}
    for name, value in table.items():
        if name not in names:
            raise BadSettings(f"{path}{name} does not exist; there are {', '.join(sorted(names))}")
        inner = getattr(stage, name)
        values[name] = _changed(inner, value, f"{path}{name}.") if isinstance(inner, _Stage) else value
    try:
        return replace(stage, **values)
    except BadSettings as error:
        raise error if str(error).startswith(path) and path else BadSettings(f"{path}{error}") from None
