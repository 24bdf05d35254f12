"""From a wish to a track on air, with models of random weights: a real station, whose backend is the tiny one, and a listener.

What such a model makes is noise; the critic of these stations lets it pass. Everything else is as it is for everybody.
"""

import json
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from tests.generation.acestep.tiny import write_tiny_model
from tests.listeners.heard import listen
from tests.listeners.station import RunningStation, running_station
from tests.models import models, tiny_musicgen

pytestmark = [pytest.mark.real, pytest.mark.timeout(900)]

PASSES_NOISE = {
    "QUIETEST_LUFS": "-70",
    "LOUDEST_LUFS": "20",
    "SILENT_SHARE": "1",
    "LONGEST_HOLE_SECONDS": "600",
    "CLIPPED_SHARE": "1",
    "OFFSET": "1",
    "LEAST_CORRELATION": "-1",
    "GREATEST_IMBALANCE_DB": "200",
    "GREATEST_FLATNESS": "1",
    "GREATEST_SELF_SIMILARITY": "1",
    "LEAST_PULSE": "0",
    "LOUDEST_END_DB": "100",
    "LENGTH_SECONDS": "600",
    "GREATEST_LIKENESS": "1",
    "LEAST_SCORE": "0",
}
SHORT = {
    "STUDIO__MIN_SECONDS": "30",
    "STUDIO__MAX_SECONDS": "32",
    "STUDIO__BUFFER_MINUTES": "1",
    "STUDIO__BEST_OF": "1",
    **{f"STUDIO__CRITIC__{name}": value for name, value in PASSES_NOISE.items()},
}


def sidecars(station: RunningStation) -> list[dict[str, object]]:
    """Of the takes that were made."""
    folder = station.folder / "state" / "catalogue" / "studio"
    return [json.loads(path.read_text()) for path in folder.glob("*.json")]


@pytest.mark.parametrize(
    ("backend", "make", "licence", "credit"),
    [
        ("musicgen", tiny_musicgen, "CC-BY-NC-4.0", "MusicGen"),
        ("acestep", write_tiny_model, "MIT", ""),
    ],
)
def test_a_tiny_model_is_heard_with_its_title_and_its_licence(
    tmp_path: Path, backend: str, make: Callable[[Path], Path], licence: str, credit: str
) -> None:
    models()
    model = tmp_path / "model"
    model.mkdir()
    make(model)
    own = {
        "STUDIO__BACKENDS": f'["{backend}"]',
        f"STUDIO__{backend.upper()}__MODEL": str(model),
        f"STUDIO__{backend.upper()}__DEVICE": "cpu",
    }
    with running_station(tmp_path, **SHORT, **own) as station:
        station.until(
            lambda: any(one["provenance"]["backend"] == backend for one in sidecars(station)),  # type: ignore[index]
            600,
            f"a take of {backend}",
        )
        [track] = [one for one in sidecars(station) if one["provenance"]["backend"] == backend][:1]  # type: ignore[index]
        provenance = track["provenance"]
        assert isinstance(provenance, dict)
        assert provenance["licence"] == licence
        assert str(model) in provenance["weights"]
        assert credit in provenance.get("attribution", "")
        assert float(provenance["score"]) >= 0.0
        station.ctl("queue", "add", str(track["id"]), "0")
        station.ctl("skip")
        station.until(lambda: station.title_on_air() == track["title"], 60, "the take on air")
        song = station.now_playing()["now_playing"]["song"]
        assert song["licence"] == licence
        assert credit in song["attribution"]
        sound = listen(f"{station.base}/listen/main/radio.mp3", seconds=6.0)
        assert sound.seconds >= 5.0
        assert sound.level_dbfs > -45.0
        tells_of_its_studio(station, backend)
    with av.open(str(track["path"])) as file:
        tags = {name.lower(): text for name, text in file.metadata.items()}
    assert tags["license"] == licence
    assert credit in tags.get("attribution", "")
    assert backend in tags["comment"]


def tells_of_its_studio(station: RunningStation, backend: str) -> None:
    """The probe and the figures know who made it."""
    part = json.loads(station.fetch("/health/detailed"))["parts"]["studio"]
    assert part["backends"][backend]["kept"] >= 1, part
    figures = station.fetch("/metrics").decode()
    assert f'sonicforge_studio_takes_kept_total{{backend="{backend}"}}' in figures
    assert 'sonicforge_studio_buffer_seconds{station="main"}' in figures


def test_a_station_that_earns_money_does_not_start_with_weights_that_may_not(tmp_path: Path) -> None:
    settings = {"STUDIO__BACKENDS": '["musicgen"]', "STATIONS__MAIN__MONETISED": "true"}
    with pytest.raises(AssertionError, match="may not be used for that"), running_station(tmp_path, **settings):
        pass
