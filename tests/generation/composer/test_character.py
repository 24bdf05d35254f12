import pytest

from generation.brief import GENRES, TEMPI
from generation.composer.character import CHARACTERS, energy_at
from generation.key import MODES


def test_each_genre_has_a_character_within_what_a_brief_allows() -> None:
    assert set(CHARACTERS) == set(GENRES)
    for genre, character in CHARACTERS.items():
        slowest, fastest = TEMPI[genre]
        assert slowest <= character.slowest_bpm < character.fastest_bpm <= fastest
        assert 0.0 <= character.energy <= 1.0
        assert set(character.keys) <= set(MODES)


def test_the_day_goes_round() -> None:
    assert energy_at(22.0) > 0.8 > 0.3 > energy_at(4.5)
    assert energy_at(23.5) == pytest.approx((energy_at(23.0) + energy_at(0.0)) / 2.0)
    assert energy_at(24.0) == energy_at(0.0)
    assert all(0.0 <= energy_at(tenth / 10.0) <= 1.0 for tenth in range(241))
