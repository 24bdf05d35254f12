"""How a station is mastered from its first start on: as configured, as kept, and with what plug-ins."""

import time
from pathlib import Path
from typing import Any

import pytest
import structlog

from dsp.presets import PRESETS
from server.commands import Master
from server.console.console import KeptSetting
from server.insert.plug_in import InsertState
from sonicforge.sections import StationSettings
from sonicforge.wiring.sound import Sound, sound_of


def made(folder: Path, kept: KeptSetting | None = None, **mastering: Any) -> Sound:
    settings = StationSettings.model_validate({"title": "Test", "mastering": {"folder": folder, **mastering}})
    return sound_of(settings, kept, time.monotonic)


def test_a_station_begins_with_the_preset_that_is_configured(tmp_path: Path) -> None:
    assert made(tmp_path).mastering.settings == PRESETS["radio"].settings
    sound = made(tmp_path, preset="loud")
    assert sound.mastering.settings == PRESETS["loud"].settings
    assert sound.told().preset == "loud"
    assert list(sound.told().presets) == list(PRESETS)


def test_a_preset_of_the_operators_own_may_be_configured(tmp_path: Path) -> None:
    (tmp_path / "night.toml").write_text('base = "loud"\nwhy = "Late."\n[servo]\ntarget_lufs = -20.0\n')
    sound = made(tmp_path, preset="night")
    assert sound.mastering.settings.servo.target_lufs == -20.0
    assert sound.told().presets["night"] == "Late."


def test_a_preset_that_is_not_there_is_told_of_and_the_air_goes_on(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logged:
        sound = made(tmp_path, preset="cathedral")
    assert sound.mastering.settings == PRESETS["radio"].settings
    assert (logged[0]["wanted"], logged[0]["instead"]) == ("cathedral", "radio")


def test_what_was_set_is_what_the_next_engine_begins_with_until_the_configuration_changes(tmp_path: Path) -> None:
    before = made(tmp_path)
    before.console.turn(Master("1", "loud", {"limiter": {"ceiling_dbtp": -2.0}}))
    kept = before.console.kept()
    assert made(tmp_path, kept).mastering.settings.limiter.ceiling_dbtp == -2.0
    assert made(tmp_path, kept, preset="broadcast").mastering.settings == PRESETS["broadcast"].settings


def test_a_station_without_plug_ins_has_no_insert_and_the_latency_of_the_chain_alone(tmp_path: Path) -> None:
    plain, filled = made(tmp_path), made(tmp_path, plugins=[{"name": "Gain"}], plugin_latency_milliseconds=20.0)
    assert plain.told().insert.state is InsertState.OFF
    assert plain.rack is plain.insert is None
    assert filled.rack is not None
    assert filled.mastering.latency_frames - plain.mastering.latency_frames == filled.rack.latency_frames == 960 + 240 + 960
    assert filled.told().insert.plug_ins == ("Gain",)
    filled.rack.close()


@pytest.mark.parametrize(("plug_in", "words"), [({}, "either a name"), ({"name": "Gain", "file": "/a.vst3"}, "either a name")])
def test_a_plug_in_is_one_of_pedalboards_or_a_file(tmp_path: Path, plug_in: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        made(tmp_path, plugins=[plug_in])
