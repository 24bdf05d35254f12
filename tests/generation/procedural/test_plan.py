import numpy as np
import pytest

from generation.brief import parse_passages
from generation.procedural.form import DANCE, SONG, STILL, Form
from generation.procedural.part import Part
from generation.procedural.plan import Kind, Plan, lay_out, lay_out_wished

CAST = {kind: {Part.KICK: (0.0, 1.0), Part.PAD: (0.5, 1.0)} for kind in Kind} | {Kind.BREAK: {Part.PAD: (0.0, 0.5)}}


def planned(bars: int, seed: int, form: Form = DANCE) -> Plan:
    return lay_out(bars, form.layouts, form.short, CAST, np.random.default_rng(seed))


def test_all_bars_are_given_out_in_order_whatever_the_length() -> None:
    for bars in range(16, 180, 4):
        for seed in range(6):
            plan = planned(bars, seed)
            assert plan.bars == bars
            assert [bar.index for bar in plan.walk()] == list(range(bars))
            assert all(section.bars >= 4 and section.bars % 4 == 0 for section in plan.sections)
            assert [section.kind for section in plan.sections] == [kind for kind in Kind if kind in {s.kind for s in plan.sections}]


def test_a_long_track_has_whole_phrases_and_a_short_one_the_least_it_needs() -> None:
    long = planned(128, 0)
    assert {section.kind for section in long.sections} == set(Kind)
    assert all(section.bars % 8 == 0 for section in long.sections)
    assert [section.kind for section in planned(16, 0).sections] == [
        Kind.INTRO,
        Kind.BUILD,
        Kind.DROP,
        Kind.OUTRO,
    ]


def test_parts_enter_and_leave_where_the_cast_says() -> None:
    plan = planned(128, 0)
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
    plan = planned(bars, 1)
    if bars >= 56:
        assert [section.kind for section in plan.sections if section.bars % 8] == [Kind.BREAK]


def test_a_bar_knows_where_it_stands() -> None:
    plan = planned(128, 0)
    first = next(plan.walk())
    assert (first.place, first.phrase_place, first.along, first.ends_phrase) == (0, 0, 0.0, False)
    last = list(plan.walk())[-1]
    assert last.left == 0
    assert last.ends_phrase


@pytest.mark.parametrize("form", [SONG, STILL])
def test_gentle_forms_have_no_builds_and_may_be_short(form: Form) -> None:
    for bars in range(form.fewest_bars, 120, 4):
        plan = planned(bars, bars, form)
        assert plan.bars == bars
        assert not {Kind.BUILD, Kind.BUILD2} & {section.kind for section in plan.sections}
        assert Kind.DROP in {section.kind for section in plan.sections}


def test_a_wished_form_is_the_form_and_what_is_open_takes_what_is_left() -> None:
    plan = lay_out_wished(parse_passages("intro 8, build 4, drop 16, break, build 4, drop, drop 8, outro 8"), 88, builds=True, cast=CAST)
    assert plan.bars == 88
    assert [section.name for section in plan.sections] == ["intro", "build", "drop", "break", "build2", "drop2", "drop3", "outro"]
    kinds = [Kind.INTRO, Kind.BUILD, Kind.DROP, Kind.BREAK, Kind.BUILD2, Kind.DROP2, Kind.DROP2, Kind.OUTRO]
    assert [section.kind for section in plan.sections] == kinds
    bars = [section.bars for section in plan.sections]
    assert (bars[:3], bars[4], bars[6:]) == ([8, 4, 16], 4, [8, 8])
    assert bars[5] > bars[3] >= 4


def test_where_nothing_builds_a_build_is_played_as_a_break() -> None:
    plan = lay_out_wished(parse_passages("intro 4, build 4, theme 8"), 16, builds=False, cast=CAST)
    assert [section.kind for section in plan.sections] == [Kind.INTRO, Kind.BREAK, Kind.DROP]
    assert [section.name for section in plan.sections] == ["intro", "build", "theme"]
