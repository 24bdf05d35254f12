import numpy as np
import pytest

from generation.procedural.part import Part
from generation.procedural.plan import Kind, lay_out

CAST = {kind: {Part.KICK: (0.0, 1.0), Part.PAD: (0.5, 1.0)} for kind in Kind} | {Kind.BREAK: {Part.PAD: (0.0, 0.5)}}


def test_all_bars_are_given_out_in_order_whatever_the_length() -> None:
    for bars in range(16, 180, 4):
        for seed in range(6):
            plan = lay_out(bars, CAST, np.random.default_rng(seed))
            assert plan.bars == bars
            assert [bar.index for bar in plan.walk()] == list(range(bars))
            assert all(section.bars >= 4 and section.bars % 4 == 0 for section in plan.sections)
            assert [section.kind for section in plan.sections] == [kind for kind in Kind if kind in {s.kind for s in plan.sections}]


def test_a_long_track_has_whole_phrases_and_a_short_one_the_least_it_needs() -> None:
    long = lay_out(128, CAST, np.random.default_rng(0))
    assert {section.kind for section in long.sections} == set(Kind)
    assert all(section.bars % 8 == 0 for section in long.sections)
    assert [section.kind for section in lay_out(16, CAST, np.random.default_rng(0)).sections] == [
        Kind.INTRO,
        Kind.BUILD,
        Kind.DROP,
        Kind.OUTRO,
    ]


def test_parts_enter_and_leave_where_the_cast_says() -> None:
    plan = lay_out(128, CAST, np.random.default_rng(0))
    rest = next(section for section in plan.sections if section.kind is Kind.BREAK)
    drop = next(section for section in plan.sections if section.kind is Kind.DROP)
    kick = {bar.index for bar in plan.playing(Part.KICK)}
    pad = {bar.index for bar in plan.playing(Part.PAD)}
    assert kick == set(range(128)) - set(range(rest.first_bar, rest.first_bar + rest.bars))
    assert rest.first_bar in pad
    assert drop.first_bar not in pad
    assert drop.first_bar + drop.bars - 1 in pad
    assert not list(plan.playing(Part.LEAD))


@pytest.mark.parametrize("bars", [44, 92, 100])
def test_four_odd_bars_fall_into_the_break(bars: int) -> None:
    plan = lay_out(bars, CAST, np.random.default_rng(1))
    if bars >= 56:
        assert [section.kind for section in plan.sections if section.bars % 8] == [Kind.BREAK]


def test_a_bar_knows_where_it_stands() -> None:
    plan = lay_out(128, CAST, np.random.default_rng(0))
    first = next(plan.walk())
    assert (first.place, first.phrase_place, first.along, first.ends_phrase) == (0, 0, 0.0, False)
    last = list(plan.walk())[-1]
    assert last.left == 0
    assert last.ends_phrase
