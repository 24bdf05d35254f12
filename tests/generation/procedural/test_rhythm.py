from generation.procedural.rhythm import bar_of, bars_of, lengths, struck

TWO = "X...x...o......." + "..x............."


def test_reads_strokes_and_how_hard_they_are() -> None:
    assert bars_of(TWO) == 2
    assert struck(TWO, 0) == [(0, 1.0), (4, 0.78), (8, 0.45)]
    assert struck(TWO, 1) == [(2, 0.78)]


def test_a_rhythm_repeats() -> None:
    assert bar_of(TWO, 5) == TWO[16:]
    assert bar_of("x" * 16, 7) == "x" * 16


def test_notes_last_until_the_next_but_not_for_ever() -> None:
    assert lengths(TWO, 0, 6) == [(0, 1.0, 4), (4, 0.78, 4), (8, 0.45, 6)]
    assert lengths("." * 16, 0, 6) == []
