"""Configuration: the file in the repository is the documentation, and what is wrong is named with what is allowed."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from sonicforge.config import InvalidConfiguration, Settings, StationSettings, load

SHIPPED = Path(__file__).resolve().parents[2] / "config.toml"


def written(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text)
    return file


def test_shipped_file_shows_every_setting_with_its_default() -> None:
    shown = tomllib.loads(SHIPPED.read_text())
    defaults: dict[str, Any] = Settings().model_dump(mode="json")
    assert shown == defaults


def test_each_setting_of_the_shipped_file_is_explained() -> None:
    explained = [line for line in SHIPPED.read_text().splitlines() if "=" in line and not line.startswith("#")]
    unexplained = [line for line in explained if "#" not in line]
    assert {line.split("=")[0].strip() for line in unexplained} <= {"port", "max_seconds", "title", "description", "genre"}


def check(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """`sonicforge check-config` in a folder of its own, under this environment."""
    surroundings = {**os.environ, **environment, "PYTHONPATH": str(SHIPPED.parent)}
    return subprocess.run(
        [sys.executable, "-m", "sonicforge", "check-config"], cwd=folder, env=surroundings, capture_output=True, text=True, check=False
    )


def test_environment_wins_over_file(tmp_path: Path) -> None:
    written(tmp_path, "[server]\nport = 9000\nhost = '0.0.0.0'")
    done = check(tmp_path, SONICFORGE_SERVER__PORT="9100")
    assert "http://0.0.0.0:9100" in done.stdout
    assert done.returncode == 0


def test_a_number_of_a_choice_is_read_from_the_environment(tmp_path: Path) -> None:
    done = check(tmp_path, SONICFORGE_WEBRTC__PACKET_MILLISECONDS="60")
    assert (done.returncode, done.stderr) == (0, "")
    done = check(tmp_path, SONICFORGE_WEBRTC__PACKET_MILLISECONDS="30")
    assert done.returncode == 2
    assert "20, 40" in done.stderr


def test_wrong_environment_is_one_line_and_status_2(tmp_path: Path) -> None:
    done = check(tmp_path, SONICFORGE_SERVER__PORT="many")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "environment SONICFORGE_SERVER__PORT" in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[server]\nprot = 1", ["server.prot", "unknown key", "port"]),
        ("[server]\nport = 99999", ["server.port", "65535"]),
        ("[servr]\nport = 1", ["servr", "unknown key", "server"]),
        ("[icy]\nburst_seconds = '4s'", ["icy.burst_seconds", "number of seconds", "4s"]),
        ("[stations.main]\ntarget_lufs = 3", ["stations.main", "target_lufs is part of a preset now"]),
        ("[stations.main.mastering]\nprest = 'loud'", ["stations.main.mastering.prest", "unknown key", "preset"]),
        ("[stations.main.mastering]\nplugins = [{nam = 'Gain'}]", ["plugins.0.nam", "unknown key", "parameters"]),
        ("[stations.main.mastering]\nplugins = [{}]", ["plugins.0", "either a name"]),
        ("[stations.main]\ncolour = 'red'", ["stations.main.colour", "unknown key", "title"]),
        ("[stations.'Main Station']\ntitle = 'x'", ["stations.Main Station", "pattern"]),
        ("[stations.main]\nstudio_genres = ['polka']", ["studio_genres", "polka", "house"]),
        ("[studio]\nahead = 3", ["studio", "buffer_minutes = 30"]),
        ("[studio.critic]\nquietest = 1", ["studio.critic.quietest", "unknown key", "quietest_lufs"]),
        ("[studio]\nmin_seconds = 200\nmax_seconds = 150", ["studio.min_seconds", "studio.max_seconds"]),
        ("[server\nport = 1", ["line 1"]),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: list[str]) -> None:
    file = written(tmp_path, text)
    with pytest.raises(InvalidConfiguration) as caught:
        load(file)
    for word in [str(file), *words]:
        assert word in str(caught.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfiguration, match="no such file"):
        load(tmp_path / "absent.toml")


def test_misspelt_environment_is_refused(tmp_path: Path) -> None:
    done = check(tmp_path, SONICFORGE_SERVRE__PORT="1")
    assert done.returncode == 2
    assert "SONICFORGE_SERVRE__PORT" in done.stderr


def test_names_that_a_container_platform_sets_are_none_of_ours(tmp_path: Path) -> None:
    assert check(tmp_path, SONICFORGE_PORT="tcp://10.0.0.1:8000", SONICFORGE_SERVICE_HOST="10.0.0.1").returncode == 0


def test_a_second_station_gets_the_defaults(tmp_path: Path) -> None:
    settings = load(written(tmp_path, "[stations.main]\n[stations.night]\ntitle = 'Night'"))
    assert list(settings.stations) == ["main", "night"]
    assert settings.stations["night"] == StationSettings(title="Night")
