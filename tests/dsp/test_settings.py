import math
import tomllib

import pytest

from dsp.presets import RADIO
from dsp.settings import BadSettings, BandSettings, CrossoverSettings, LimiterSettings, MasteringSettings, ranges


def test_a_table_says_only_what_differs() -> None:
    table = tomllib.loads("""
        [limiter]
        ceiling_dbtp = -2
        [compressor.low]
        ratio = 4.0
        bypass = true
    """)
    settings = MasteringSettings.from_table(table, RADIO)
    assert settings.limiter == LimiterSettings(ceiling_dbtp=-2.0)
    assert settings.compressor.low.bypass
    assert settings.compressor.low.threshold_db == RADIO.compressor.low.threshold_db
    assert settings.exciter == RADIO.exciter


def test_what_is_written_is_read_again() -> None:
    assert MasteringSettings.from_table(RADIO.to_table()) == RADIO


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"limiter": {"ceiling_dbtp": 3.0}}, "limiter.ceiling_dbtp is 3, not from -12 to 0"),
        ({"compressor": {"low": {"ratio": 0.5}}}, "compressor.low.ratio is 0.5, not from 1 to 20"),
        ({"compressor": {"low": {"ratio": "high"}}}, "compressor.low.ratio is 'high', not a number"),
        ({"compressor": {"low": {"ratio": True}}}, "compressor.low.ratio is True, not a number"),
        ({"servo": {"target_lufs": math.nan}}, "servo.target_lufs is nan, not a number"),
        ({"servo": {"target_lufs": 10**400}}, "servo.target_lufs is 1000"),
        ({"servo": {"bypass": 1}}, "servo.bypass is 1, neither true nor false"),
        ({"servo": 5}, "servo is 5, not a table"),
        ({"limiter": {"celing": 0.0}}, "limiter.celing does not exist; there are bypass, ceiling_dbtp, release_ms"),
        ({"reverb": {}}, "reverb does not exist"),
        ({"crossover": {"mid_hz": 260.0, "low_hz": 200.0}}, "crossover.low_hz, mid_hz, high_hz are 200, 260, 5000, less than an octave"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(table: dict[str, object], words: str) -> None:
    with pytest.raises(BadSettings) as told:
        MasteringSettings.from_table(table)
    assert str(told.value).startswith(words)


def test_settings_that_are_wrong_do_not_come_to_be() -> None:
    with pytest.raises(BadSettings):
        BandSettings(knee_db=math.inf)
    with pytest.raises(BadSettings):
        CrossoverSettings(low_hz=400.0, mid_hz=500.0)
    with pytest.raises(BadSettings):
        MasteringSettings(limiter=-1.0)  # type: ignore[arg-type]


def test_every_number_has_its_bounds_and_every_stage_its_bypass() -> None:
    table, bounds = RADIO.to_table(), ranges()
    numbers: set[str] = set()

    def visit(stage: dict[str, object], path: str) -> None:
        assert path in ("", "compressor.") or "bypass" in stage
        for name, value in stage.items():
            if isinstance(value, dict):
                visit(value, f"{path}{name}.")
            elif isinstance(value, float):
                numbers.add(path + name)

    visit(table, "")
    assert numbers == set(bounds)
    assert all(least < most for least, most in bounds.values())
