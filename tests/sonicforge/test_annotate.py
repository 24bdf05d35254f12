"""`sonicforge annotate`: the catalogue as Liquidsoap reads it."""

from pathlib import Path

import pytest

from server.catalogue.catalogue import Catalogue
from sonicforge.cli.annotate import run
from tests.hearings import a_hearing
from tests.server.virtual_station import track


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(f"[state]\nfolder = '{tmp_path / 'state'}'\n")
    return path


def test_every_track_that_may_air_has_its_line(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalogue = Catalogue(tmp_path / "state" / "catalogue")
    catalogue.put(track("b", artist="Zoe", hearing=a_hearing()))
    catalogue.put(track("a", artist="Adam"))
    catalogue.put(track("c"))
    catalogue.refuse(track("c").path, "withdrawn")
    assert run(config) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "#EXTM3U"
    assert [line.split('artist="')[1].split('"')[0] for line in lines[1:]] == ["Adam", "Zoe"]
    assert 'bpm="124.00"' in lines[2]
    assert 'liq_cue_in="' in lines[1]
    assert "bpm=" not in lines[1], "nobody has heard it"


def test_an_empty_catalogue_is_an_empty_playlist_and_no_success(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config) == 1
    assert capsys.readouterr().out == "#EXTM3U\n"
