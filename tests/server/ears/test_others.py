"""The ears of others: what they say is taken over where it holds, and one that is missing says what to install."""

from pathlib import Path

import numpy as np
import pytest

from server.ears.beat_this import BeatThisEar
from server.ears.clap import ClapEar
from server.ears.essentia import Algorithms, EssentiaEar
from server.ears.missing import EarMissing
from server.ears.stems import Separator
from tests.dsp.sounds import music
from tests.hearings import a_hearing

BEATS = 0.25 + np.arange(40) * 60.0 / 128.0


def test_beat_this_gives_the_grid(tmp_path: Path) -> None:
    weights = tmp_path / "final0.ckpt"
    weights.touch()
    heard: list[tuple[int, int]] = []

    def tracker(sound: np.ndarray, rate: int) -> tuple[np.ndarray, np.ndarray]:
        heard.append((sound.ndim, rate))
        return BEATS, BEATS[2::4]

    refined = BeatThisEar(weights, lambda _path: tracker).refine(music(), a_hearing())
    assert heard == [(1, 48_000)]
    assert refined.grid is not None
    assert refined.grid.bpm == refined.tempo.bpm == pytest.approx(128.0, abs=0.01)
    uneven = BeatThisEar(weights, lambda _path: lambda _sound, _rate: (np.cumsum(np.random.default_rng(0).random(60)), []))
    assert uneven.refine(music(), a_hearing()) == a_hearing()


def test_essentia_gives_key_and_beats_and_keeps_the_one() -> None:
    def key(sound: np.ndarray) -> tuple[str, str, float]:
        assert sound.size == pytest.approx(10 * 44_100, abs=2)
        return "F#", "minor", 0.9

    same_tempo = 480.0 / 48_000 + np.arange(20) * 60.0 / 124.0
    refined = EssentiaEar(lambda: Algorithms(key, lambda _sound: same_tempo)).refine(music(), a_hearing())
    assert refined.key.name == "F# minor"
    assert refined.key.tuning_cents == a_hearing().key.tuning_cents
    assert refined.grid is not None
    assert (refined.grid.downbeat, refined.grid.confidence > 0.5) == (0, True)
    other_tempo = EssentiaEar(lambda: Algorithms(key, lambda _sound: BEATS)).refine(music(), a_hearing())
    assert other_tempo.grid is not None
    assert other_tempo.grid.confidence < 0.5, "it knows no bars, so none may be mixed by"


@pytest.mark.real
def test_clap_gives_vectors_of_its_own_model(tmp_path: Path) -> None:
    folder = tmp_path / "music-2023"
    folder.mkdir()
    (folder / "config.json").touch()
    lengths: list[int] = []

    def embed(sound: np.ndarray) -> np.ndarray:
        lengths.append(sound.size)
        return np.arange(512, dtype=np.float32)

    ear = ClapEar(folder, lambda _folder: embed)
    refined = ear.refine(music(35.0), a_hearing(cues=a_hearing().cues))
    assert set(lengths) == {480_000}
    assert refined.features_model == ear.features_model == "clap/music-2023"
    assert len(refined.features) == 512
    assert np.linalg.norm(refined.features) == pytest.approx(1.0, abs=1e-3)
    ear.refine(music(3.0), a_hearing())
    assert lengths[-1] == 480_000, "a short track is heard round and round"


def test_stems_are_as_long_as_their_track(tmp_path: Path) -> None:
    def separate(samples: np.ndarray) -> dict[str, np.ndarray]:
        return {"drums": samples[:, :-7], "vocals": np.pad(samples, ((0, 0), (0, 9)))}

    stems = Separator(tmp_path, load=lambda _folder, _model: separate).separate(music())
    assert {name: stem.shape for name, stem in stems.items()} == {"drums": music().shape, "vocals": music().shape}
    assert (stems["vocals"] == music()).all()


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    for make in (BeatThisEar, ClapEar, Separator):
        with pytest.raises(EarMissing, match=str(tmp_path)):
            make(tmp_path / "nothing")
