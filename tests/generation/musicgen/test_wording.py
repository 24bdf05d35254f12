from generation.brief import GENRES, TEMPI, Brief
from generation.musicgen.wording import SOUNDS, word


def test_says_genre_mood_tempo_and_key() -> None:
    wording = word(Brief("house", 3, 60.0, bpm=124.0, key="F# dorian", mood="warm", words="with a saxophone\n solo"))
    assert wording.text == f"warm {SOUNDS['house']}, with a saxophone solo, 124 bpm, in F# dorian, instrumental"
    assert (wording.bpm, str(wording.key)) == (124, "F# dorian")


def test_what_is_left_open_is_drawn_by_the_seed_and_possible() -> None:
    for genre in GENRES:
        wording = word(Brief(genre, 11, 60.0))
        assert TEMPI[genre][0] <= wording.bpm <= TEMPI[genre][1]
        assert str(wording.key) in wording.text
    assert word(Brief("trance", 1, 60.0)) == word(Brief("trance", 1, 60.0))
    assert len({word(Brief("trance", seed, 60.0)).text for seed in range(20)}) > 10
