from collections import Counter

import numpy as np
import pytest

from generation.brief import GENRES
from generation.procedural.titles import ARTISTS, name_track


def test_a_thousand_tracks_hardly_repeat_a_title() -> None:
    titles = Counter(name_track(GENRES[seed % len(GENRES)], np.random.default_rng(seed))[0] for seed in range(1000))
    assert len(titles) > 970
    assert max(titles.values()) <= 3


@pytest.mark.parametrize("genre", GENRES)
def test_a_genre_has_artists_enough_to_keep_them_apart(genre: str) -> None:
    assert len(set(ARTISTS[genre])) >= 8
    named = Counter(name_track(genre, np.random.default_rng(seed))[1] for seed in range(400))
    assert set(named) == set(ARTISTS[genre])
    assert max(named.values()) < 80


def test_no_artist_plays_two_genres() -> None:
    everybody = [artist for artists in ARTISTS.values() for artist in artists]
    assert len(set(everybody)) == len(everybody)


def test_titles_read_well() -> None:
    for seed in range(500):
        title, _ = name_track(GENRES[seed % len(GENRES)], np.random.default_rng(seed))
        assert title == title.strip()
        assert 3 <= len(title) <= 60
        assert "  " not in title
        assert title[0].isupper()
