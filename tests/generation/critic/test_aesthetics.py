"""Audiobox-aesthetics in the critic, with a model of cardboard."""

from pathlib import Path

import pytest

from generation.critic.aesthetics import Aesthetics
from generation.critic.assessor import AssessorMissing
from tests.generation.takes import music, take_of


@pytest.mark.parametrize(("enjoyed", "produced", "value"), [(10.0, 10.0, 1.0), (1.0, 1.0, 0.0), (5.5, 5.5, 0.5), (10.0, 1.0, 0.5)])
def test_enjoyment_and_production_count_alike(tmp_path: Path, enjoyed: float, produced: float, value: float) -> None:
    (tmp_path / "checkpoint.pt").touch()
    said = {"CE": enjoyed, "CU": 3.0, "PC": 4.0, "PQ": produced}
    share, figures = Aesthetics(tmp_path, lambda _: lambda _: said).assess(take_of(music()))
    assert share == pytest.approx(value)
    assert figures == {"aesthetics_ce": enjoyed, "aesthetics_cu": 3.0, "aesthetics_pc": 4.0, "aesthetics_pq": produced}


def test_a_folder_without_weights_and_a_library_that_is_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(AssessorMissing, match="aesthetics_weights"):
        Aesthetics(tmp_path)
    (tmp_path / "checkpoint.pt").touch()
    with pytest.raises(AssessorMissing, match=r"pip install audiobox-aesthetics|holds no model"):
        Aesthetics(tmp_path)
