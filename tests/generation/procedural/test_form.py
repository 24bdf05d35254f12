import numpy as np
import pytest

from generation.procedural.form import DANCE, DRIVE, SONG, STILL, Form
from generation.procedural.part import DRUMS
from generation.procedural.plan import FULL, Kind
from generation.procedural.styles import STYLES

FORMS = {"dance": DANCE, "song": SONG, "drive": DRIVE, "still": STILL}
SUNG = [form for name, form in FORMS.items() if name != "dance"]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_layout_goes_in_the_order_of_sections_and_comes_to_a_full_one(form: Form) -> None:
    order = list(Kind)
    for layout in (*form.layouts, *form.short):
        places = [order.index(kind) for kind in layout]
        assert places == sorted(set(places))
        assert set(layout) & set(FULL)
        assert all(weight > 0 for weight in layout.values())


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_short_layouts_grow_shorter_and_the_last_one_says_how_few_bars_there_may_be(form: Form) -> None:
    lengths = [len(layout) for layout in form.short]
    assert lengths == sorted(lengths, reverse=True)
    assert max(lengths) < min(len(layout) for layout in form.layouts)
    assert form.fewest_bars == 4 * lengths[-1]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_section_has_its_filter_and_the_second_drop_is_the_brightest(form: Form) -> None:
    assert set(form.openness) == set(Kind)
    ends = {kind: last for kind, (_, last) in form.openness.items()}
    assert ends[Kind.DROP2] == max(ends.values())
    assert form.openness[Kind.INTRO][0] < form.openness[Kind.INTRO][1]
    assert form.openness[Kind.OUTRO][0] > form.openness[Kind.OUTRO][1]


def test_only_the_dance_builds_and_is_left_open_for_the_next_record() -> None:
    assert DANCE.builds
    assert not DANCE.closes
    assert DANCE.full_name == "drop"
    for form in SUNG:
        assert not form.builds
        assert form.closes
        assert form.full_name == "theme"


def test_what_has_no_drums_moves_by_itself() -> None:
    company = STYLES["ambient"][0].companies[0]
    cast = STILL.cast(company, np.random.default_rng(0))
    assert not {part for stays in cast.values() for part in stays} & set(DRUMS)
    assert STILL.breath_octaves > 0.0
    assert {part for stays in cast.values() for part in stays} - set(STILL.tides_db) <= {"bass"}
    assert not DANCE.tides_db
    assert DANCE.breath_octaves == 0.0


def test_forms_are_those_of_their_genres() -> None:
    forms = {genre: {id(style.form) for style in styles} for genre, styles in STYLES.items()}
    for genre in ("drum & bass", "trance", "house", "techno"):
        assert forms[genre] == {id(DANCE)}
    assert forms["ambient"] == {id(STILL)}
    assert forms["lo-fi"] == forms["downtempo"] == {id(SONG)}
    assert forms["synthwave"] == {id(DRIVE)}
