"""What the doctor says of a station's sound and of its composer."""

import socket
from importlib.util import find_spec
from pathlib import Path

from sonicforge.cli.doctor import Finding, _models, _sound, _studio
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


def models(folder: Path, text: str) -> list[Finding]:
    config = folder / "config.toml"
    config.write_text(text)
    return list(_models(load(config)))


def test_without_a_language_model_rules_compose(tmp_path: Path) -> None:
    assert models(tmp_path, "") == [Finding("composer", "by rules")]


def test_each_language_model_is_usable_or_it_is_said_why_not(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    text = f'[llm]\nproviders = ["ollama", "groq", "openai"]\n[llm.provider.ollama]\nurl = "http://127.0.0.1:{port}/v1"\n'
    own, keyed, keyless = models(tmp_path, f'{text}[llm.provider.groq]\nkey = "canary-0815"')
    assert "nobody answers" in own.advice
    assert (keyed.seen.startswith("groq: llama"), keyed.advice) == (True, "")
    assert keyless.advice.startswith("it has no key")
    assert not any(finding.grave or "canary" in f"{finding}" for finding in (own, keyed, keyless))


def studio(folder: Path, text: str) -> Finding:
    config = folder / "config.toml"
    config.write_text(text)
    return _studio(load(config))


def test_who_makes_the_takes_is_told_with_the_reason(tmp_path: Path) -> None:
    finding = studio(tmp_path, "[studio]\nbackends = ['procedural']")
    assert "procedural is configured" in finding.seen
    assert finding.advice == ""


def test_a_backend_whose_libraries_are_missing_is_named_with_what_to_install(tmp_path: Path) -> None:
    finding = studio(tmp_path, "[studio]\nbackends = ['acestep']")
    assert finding.seen == "acestep makes the takes: acestep is configured. Should it fail: procedural."
    assert bool(finding.advice) == any(find_spec(name) is None for name in ("torch", "diffusers", "transformers"))


def test_weights_that_may_not_earn_money_are_grave_where_money_is_earned(tmp_path: Path) -> None:
    finding = studio(tmp_path, "[studio]\nbackends = ['musicgen']\n[stations.main]\nmonetised = true")
    assert finding.grave
    assert "CC-BY-NC-4.0" in finding.advice
