"""Two stations that the players of one file share: one plays a folder of real files, one plays what its studio composes."""

from collections.abc import Iterator

import pytest

from tests.listeners.station import RunningStation, running_station
from tests.sound_files import make_sound_files


@pytest.fixture(scope="module")
def library_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStation]:
    """Plays music and speech in six formats; no studio."""
    folder = tmp_path_factory.mktemp("library")
    media = folder / "media"
    media.mkdir()
    make_sound_files(media)
    rests = {"STATIONS__MAIN__TITLE_SEPARATION_MINUTES": "0", "STATIONS__MAIN__ARTIST_SEPARATION_MINUTES": "0"}
    with running_station(folder, STUDIO__ENABLED="false", **rests) as station:
        station.until(lambda: station.airs("library"), 60, "a file of the media folder on air")
        yield station


@pytest.fixture(scope="module")
def studio_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStation]:
    """Plays its own music; the media folder is empty."""
    with running_station(tmp_path_factory.mktemp("studio")) as station:
        station.until(lambda: station.airs("studio"), 120, "the studio's first track on air")
        yield station
