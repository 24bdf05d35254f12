"""Configuration: the file in the repository is the documentation, and what is wrong is named with what is allowed."""

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


def test_environment_wins_over_file(tmp_path: Path) -> None:
    file = written(tmp_path, "[server]\nport = 9000\nhost = '0.0.0.0'")
    settings = load(file)
    assert (settings.server.port, settings.server.host) == (9000, "0.0.0.0")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[server]\nprot = 1", ["server.prot", "unknown key", "port"]),
        ("[server]\nport = 99999", ["server.port", "65535"]),
        ("[servr]\nport = 1", ["servr", "unknown key", "server"]),
        ("[icy]\nburst_seconds = '4s'", ["icy.burst_seconds", "number of seconds", "4s"]),
        ("[stations.main]\ntarget_lufs = 3", ["stations.main.target_lufs", "less than or equal to -9"]),
        ("[stations.main]\ncolour = 'red'", ["stations.main.colour", "unknown key", "title"]),
        ("[stations.'Main Station']\ntitle = 'x'", ["stations.Main Station", "pattern"]),
        ("[stations.main]\nstudio_genres = ['polka']", ["studio_genres", "polka", "house"]),
        ("[studio]\nmin_seconds = 200\nmax_seconds = 150", ["studio.min_seconds", "studio.max_seconds"]),
        ("[server\nport = 1", ["line 1"]),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: list[str]) -> None:
    file = written(tmp_path, text)
    with pytest.raises(InvalidConfiguration) as caught:
        load(file, {})
    for word in [str(file), *words]:
        assert word in str(caught.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfiguration, match="no such file"):
        load(tmp_path / "absent.toml", {})


def test_misspelt_environment_is_refused_but_a_container_platform_s_own_names_are_not() -> None:
    with pytest.raises(InvalidConfiguration, match="SONICFORGE_SERVRE__PORT"):
        load(None, {"SONICFORGE_SERVRE__PORT": "1"})
    load(None, {"SONICFORGE_PORT": "tcp://10.0.0.1:8000", "SONICFORGE_SERVICE_HOST": "10.0.0.1"})


def test_a_second_station_gets_the_defaults(tmp_path: Path) -> None:
    settings = load(written(tmp_path, "[stations.main]\n[stations.night]\ntitle = 'Night'"), {})
    assert list(settings.stations) == ["main", "night"]
    assert settings.stations["night"] == StationSettings(title="Night")
