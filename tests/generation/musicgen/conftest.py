"""Tiny models of random weights, saved as real ones are, once for all tests of this folder."""

from pathlib import Path

import pytest

from tests.models import models, tiny_musicgen


@pytest.fixture(scope="session")
def mono(tmp_path_factory: pytest.TempPathFactory) -> Path:
    models("torch", "transformers")
    return tiny_musicgen(tmp_path_factory.mktemp("mono"))


@pytest.fixture(scope="session")
def stereo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    models("torch", "transformers")
    return tiny_musicgen(tmp_path_factory.mktemp("stereo"), channels=2, seed=1)


@pytest.fixture(scope="session")
def melody(tmp_path_factory: pytest.TempPathFactory) -> Path:
    models("torch", "transformers")
    return tiny_musicgen(tmp_path_factory.mktemp("melody"), melody=True, seed=2)
