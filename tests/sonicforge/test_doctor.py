"""What the doctor says of a station's sound."""

from importlib.util import find_spec
from pathlib import Path

from sonicforge.cli.doctor import Finding, _sound
from sonicforge.config import load


def findings(folder: Path, mastering: str) -> list[Finding]:
    config = folder / "config.toml"
    config.write_text(f"[stations.main]\ntitle = 'Test'\n[stations.main.mastering]\nfolder = '{folder / 'presets'}'\n{mastering}\n")
    return list(_sound(load(config)))


def test_a_preset_that_is_there_needs_no_advice(tmp_path: Path) -> None:
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "night.toml").write_text("base = 'loud'\n")
    assert findings(tmp_path, "preset = 'night'") == [Finding("main sound", "preset night")]


def test_a_preset_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    [finding] = findings(tmp_path, "preset = 'cathedral'")
    assert "radio airs instead; there are transparent, radio, loud, broadcast" in finding.advice
    assert not finding.grave


def test_plug_ins_are_counted_and_what_they_need_is_looked_for(tmp_path: Path) -> None:
    _, finding = findings(tmp_path, "plugins = [{ name = 'Gain' }, { file = '/a.vst3' }]")
    assert finding.seen.startswith("2 plug-in(s)")
    assert bool(finding.advice) == (find_spec("pedalboard") is None)
