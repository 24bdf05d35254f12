"""The operator's presets: read, renewed, and left out when they make no sense."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
import structlog.testing

from dsp.presets import PRESETS
from server.console.preset_folder import PresetFolder

HOUSE = Path(__file__).resolve().parents[3]
NIGHT = """
base = "loud"
why = "For the hours after midnight."
[servo]
target_lufs = -18.0
[compressor.low]
ratio = 4.0
"""


def test_without_a_folder_there_are_those_of_the_house(tmp_path: Path) -> None:
    assert PresetFolder(tmp_path / "absent").presets is PRESETS


def test_a_preset_says_what_it_changes_in_another(tmp_path: Path) -> None:
    (tmp_path / "night.toml").write_text(NIGHT)
    night = PresetFolder(tmp_path).presets["night"]
    assert night.why == "For the hours after midnight."
    assert night.settings.servo.target_lufs == -18.0
    assert night.settings.compressor.low.ratio == 4.0
    assert night.settings.compressor.high == PRESETS["loud"].settings.compressor.high


def test_the_example_in_the_documentation_is_a_preset(tmp_path: Path) -> None:
    example = (HOUSE / "docs" / "mastering.md").read_text().partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "night.toml").write_text(example)
    night = PresetFolder(tmp_path).presets["night"]
    assert (night.why, night.settings.servo.target_lufs, night.settings.exciter.bypass) == ("For the hours after midnight.", -18.0, True)
    assert night.settings.compressor.low == replace(PRESETS["loud"].settings.compressor.low, ratio=3.0, gain_db=3.0)


def test_files_come_change_and_go_while_the_station_runs(tmp_path: Path) -> None:
    folder = PresetFolder(tmp_path)
    file = tmp_path / "night.toml"
    file.write_text(NIGHT)
    folder.refresh()
    before = folder.presets
    folder.refresh()
    assert folder.presets is before, "nothing has changed"
    file.write_text(NIGHT.replace("-18.0", "-20.0"))
    os.utime(file, (1, 1))
    folder.refresh()
    assert folder.presets["night"].settings.servo.target_lufs == -20.0
    file.unlink()
    folder.refresh()
    assert list(folder.presets) == list(PRESETS)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("night.toml", "[servo]\ntarget_lufs = 5", "servo.target_lufs is 5"),
        ("night.toml", "[reverb]\nsize = 5", "reverb does not exist"),
        ("night.toml", "base = 'louder'", "base is 'louder'"),
        ("night.toml", "base = ['loud']", "base is ['loud']"),
        ("night.toml", f"[servo]\ntarget_lufs = {'9' * 5000}", "integer string"),
        ("night.toml", f"deep = {'[' * 20_000}", "recursion"),
        ("night.toml", "why = 5", "why is no text"),
        ("night.toml", "[servo", "table declaration"),
        ("night.toml", "\xff", "decode"),
        ("night.toml", "#" * 70_000, "larger"),
        ("radio.toml", "", "a preset of the house"),
        ("My Sound.toml", "", "small letters"),
    ],
)
def test_one_that_makes_no_sense_is_left_out_and_told_of_once(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_bytes(text.encode("latin-1"))
    (tmp_path / "good.toml").write_text("")
    with structlog.testing.capture_logs() as logged:
        folder = PresetFolder(tmp_path)
        folder.refresh()
    assert [words in entry["error"] for entry in logged] == [True]
    assert list(folder.presets) == [*PRESETS, "good"]
