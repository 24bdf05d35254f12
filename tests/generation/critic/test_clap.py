"""CLAP in the critic, with a model of cardboard: the mean of its windows counts, and what is missing is named."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from generation.brief import Brief
from generation.critic.assessor import AssessorMissing
from generation.critic.clap import Clap, Embedders, described
from tests.generation.takes import music, take_of


def words(_text: str) -> NDArray[np.float32]:
    return np.array([1.0, 0.0], np.float32)


def folder(at: Path) -> Path:
    (at / "config.json").write_text("{}")
    return at


@pytest.mark.parametrize(("cosine", "value"), [(0.45, 1.0), (0.25, 0.5), (0.0, 0.0), (-1.0, 0.0)])
def test_how_well_it_fits_is_a_share(tmp_path: Path, cosine: float, value: float) -> None:
    sizes: list[int] = []

    def sound(samples: NDArray[np.float32]) -> NDArray[np.float32]:
        sizes.append(samples.size)
        return np.array([cosine, (1.0 - cosine**2) ** 0.5], np.float32)

    said, figures = Clap(folder(tmp_path), lambda _: Embedders(sound, words)).assess(take_of(music()))
    assert said == pytest.approx(value, abs=1e-5)
    assert figures["clap_cosine"] == pytest.approx(cosine, abs=1e-6)
    assert set(sizes) == {480_000}


def test_what_is_asked_for_is_told_in_words() -> None:
    assert described(Brief("lo-fi", 1, 60.0, mood="calm", words="rain")) == "lo-fi music, calm, rain"
    assert described(Brief("house", 1, 60.0)) == "house music"


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssessorMissing, match=r"studio.critic.clap_weights.*config.json"):
        Clap(tmp_path)
