"""What may be shown of a tag."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis.strategies import characters, text

from server.intake.tags import LONGEST, Tags, clean, cleaned, entitled


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Plain", "Plain"),
        ("  two \t lines\r\nof text\0 ", "two lines of text"),
        ("a\u2028b\u2029c", "a b c"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\ufeffBOM\u200b", "BOM"),
        ("e\u0301", "é"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\U0001f469\u200d\U0001f3a4", "\U0001f469\u200d\U0001f3a4"),
        ("\x1b[2J", "[2J"),
        ("\udcff\udc00x", "x"),
        ("x" * 1000, "x" * 256),
        ("x" * 255 + "  y", "x" * 255),
    ],
)
def test_clean(raw: str, shown: str) -> None:
    assert clean(raw) == shown


@given(text(characters(), max_size=600))
def test_whatever_comes_in_is_short_normal_and_on_one_line(raw: str) -> None:
    shown = clean(raw)
    assert len(shown) <= LONGEST
    assert shown.isprintable() or {unicodedata.category(c) for c in shown if not c.isprintable()} <= {"Cf", "Cn", "Co"}
    assert shown == shown.strip()
    assert unicodedata.is_normalized("NFC", shown)
    shown.encode()


def test_a_title_of_combining_marks_costs_little() -> None:
    assert len(clean("e" + "\u0301\u0327" * 5_000_000)) == LONGEST


def test_all_four_are_cleaned() -> None:
    assert cleaned(Tags("a\n", "b\0", "c\r", "\x07d")) == Tags("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("stem", "artist", "title"),
    [
        ("Some Artist - Some Title", "Some Artist", "Some Title"),
        ("03 - Some Artist - Some Title", "Some Artist", "Some Title"),
        ("03. Some Title", "", "Some Title"),
        ("99 Luftballons", "", "99 Luftballons"),
        ("some_artist_-_some_title", "some artist", "some title"),
        ("A - B - C", "A", "B - C"),
        ("Jay-Z", "", "Jay-Z"),
        (" - ", "", "-"),
        ("\u202e\r\n", "", "Untitled"),
        ("../../etc/passwd", "", "../../etc/passwd"),
    ],
)
def test_a_name_gives_artist_and_title(stem: str, artist: str, title: str) -> None:
    assert entitled(Tags(), stem) == Tags(title, artist)


def test_tags_are_worth_more_than_the_name() -> None:
    assert entitled(Tags("T", "A", "L", "G"), "X - Y") == Tags("T", "A", "L", "G")
    assert entitled(Tags(title="T"), "X - Y") == Tags("T", "X")
    assert entitled(Tags(artist="A"), "X - Y") == Tags("Y", "A")
