from functools import cache
from pathlib import Path

import numpy as np
import pytest

from server.encoding.emergency_loop import LOOP_FRAMES, encode, kept, load, make_samples
from server.encoding.encoder import rendition_of
from server.encoding.ladder import LADDER, Recipe
from server.wire.wire import Loop
from tests.server.decoding import decoded, distance_db


@cache
def loop_of(recipe_name: str) -> Loop:
    return encode(next(recipe for recipe in LADDER if recipe.name == recipe_name), make_samples())


def test_the_sound_is_calm_and_has_no_seam() -> None:
    samples = make_samples()
    assert samples.shape == (2, LOOP_FRAMES)
    assert samples.dtype == np.float32
    assert 0.2 < np.abs(samples).max() < 0.5
    twice = np.concatenate((samples[:, -1000:], samples[:, :1000]), axis=1)
    assert np.abs(np.diff(twice)).max() <= np.abs(np.diff(samples)).max()
    loudness = np.sqrt(np.mean(samples.reshape(2, -1, 48_000 * 2 // 25) ** 2, axis=(0, 2)))
    assert loudness.min() > 0.05, "it never fades away"


@pytest.mark.parametrize("recipe", LADDER, ids=lambda recipe: recipe.name)
def test_the_packets_play_round_on_the_stations_clock(recipe: Recipe) -> None:
    packets = loop_of(recipe.name).packets
    assert len(packets) * recipe.packet_frames == LOOP_FRAMES
    sound = decoded(rendition_of(recipe), packets + packets)
    original = make_samples() * np.float32(10 ** (recipe.trim_db / 20))
    around_the_seam = sound[:, LOOP_FRAMES - 24_000 : LOOP_FRAMES + 24_000]
    expected = np.concatenate((original[:, -24_000:], original[:, :24_000]), axis=1)
    assert distance_db(around_the_seam, expected) > 20


def test_it_is_made_once_and_kept(tmp_path: Path) -> None:
    recipes = LADDER[:1]
    made = load(tmp_path / "loop", recipes)
    kept = list((tmp_path / "loop").iterdir())
    assert [path.suffix for path in kept] == [".msgpack"]
    before = kept[0].stat().st_mtime_ns
    again = load(tmp_path / "loop", recipes)
    assert again.renditions == made.renditions
    assert kept[0].stat().st_mtime_ns == before


def test_another_recipe_is_another_loop(tmp_path: Path) -> None:
    load(tmp_path, LADDER[:1])
    load(tmp_path, LADDER[5:])
    assert len(list(tmp_path.iterdir())) == 2


def test_a_torn_file_is_made_anew(tmp_path: Path) -> None:
    made = load(tmp_path, LADDER[:1])
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:100])
    assert load(tmp_path, LADDER[:1]).renditions == made.renditions


def test_nobody_can_change_the_sound() -> None:
    with pytest.raises(ValueError, match="read-only"):
        make_samples()[0, 0] = 1.0


def test_a_kept_loop_is_had_without_making_it(tmp_path: Path) -> None:
    samples = make_samples()
    recipes = [recipe for recipe in LADDER if recipe.name == "aac_64"]
    assert kept(tmp_path, samples, recipes) is None
    made = load(tmp_path, recipes)
    assert kept(tmp_path, samples, recipes) == made.renditions
    [file] = tmp_path.iterdir()
    file.write_bytes(b"torn")
    assert kept(tmp_path, samples, recipes) is None
