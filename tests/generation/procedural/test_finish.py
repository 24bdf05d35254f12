import numpy as np
import pytest

from generation.procedural.finish import DANCE_FLOOR, Finish
from generation.procedural.mastering import BANDS_HZ
from generation.procedural.styles import STYLES

STYLE_FINISHES = [(f"{genre}, {style.name}", genre, style.finish) for genre, styles in STYLES.items() for style in styles]
EACH = pytest.mark.parametrize("finish", [one[2] for one in STYLE_FINISHES], ids=[one[0] for one in STYLE_FINISHES])


@EACH
def test_a_balance_is_the_whole_energy_divided_among_the_bands(finish: Finish) -> None:
    assert len(finish.balance_db) == len(BANDS_HZ)
    assert 10.0 * np.log10(np.sum(10.0 ** (np.array(finish.balance_db) / 10.0))) == pytest.approx(0.0, abs=0.6)
    assert finish.balance_db[3] < min(finish.balance_db[1:3]), "presence lies below the body of the music"


@EACH
def test_echoes_and_halls_die_away(finish: Finish) -> None:
    assert 0.0 < finish.echo_feedback < 0.75
    assert 0.0 <= finish.shimmer < 1.0
    assert 0.0 < finish.hall_level < 1.0
    assert all(1 <= steps <= 16 for steps in finish.echo_steps), "no echo is later than a bar"


@EACH
def test_the_sides_differ_but_never_cancel(finish: Finish) -> None:
    assert 0.5 <= finish.correlation <= 0.85


@EACH
def test_a_drummer_is_late_by_less_than_is_heard_as_wrong(finish: Finish) -> None:
    assert 0.0 <= finish.drag_seconds <= 0.02
    assert 0.5 <= finish.looseness <= 3.0


def test_tape_is_for_what_is_slow_and_the_dance_floor_has_none() -> None:
    assert DANCE_FLOOR.tape is None
    taped = {genre for _, genre, finish in STYLE_FINISHES if finish.tape}
    assert taped
    assert taped <= {"lo-fi", "downtempo", "ambient"}
    for _, _, finish in STYLE_FINISHES:
        if finish.tape:
            assert 0.0 < finish.tape.wow_cents < 15.0
            assert finish.tape.highest_hz > 7_000.0
