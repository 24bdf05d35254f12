"""Titles beside the sound, in all the ways in which they are written."""

import pytest

from server.live.decoder import Title
from server.live.icecast.request import Refusal
from server.live.icecast.titles import fields_of, split, title_of


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("mode=updinfo&song=Artist+-+Title", Title("Title", "Artist")),
        ("song=Artist%20-%20Title%20-%20Mix", Title("Title - Mix", "Artist")),
        ("song=Only+a+title", Title("Only a title")),
        ("song=+-+Title", Title("- Title")),
        ("song=AC-DC", Title("AC-DC")),
        ("title=T&artist=A", Title("T", "A")),
        ("title=A+-+T", Title("T", "A")),
        ("title=A+-+T&artist=B", Title("A - T", "B")),
        ("song=S&title=T&artist=A", Title("T", "A")),
        ("song=%C3%89t%C3%A9", Title("Été")),
        ("song=%C9t%E9", Title("Été")),
        ("song=%C9t%E9&charset=ISO-8859-1", Title("Été")),
        ("song=%C9t%E9&charset=latin1", Title("Été")),
        ("charset=windows-1251&song=%CC%E0%FF%EA", Title("Маяк")),
        ("charset=UTF-8&song=%E5%A4%9C", Title("夜")),
        ("song=a%0Ab%00c", Title("a b c")),
    ],
)
def test_titles_that_are_understood(query: str, title: Title) -> None:
    assert title_of(fields_of(query)) == title


@pytest.mark.parametrize(
    "query",
    [
        "",
        "mode=updinfo",
        "song=",
        "song=%00%01",
        "artist=A",
        "song=%E5%A4&charset=utf-8",
        "song=x&charset=zip",
        "song=x&charset=unicode_escape",
        "song=x&charset=punycode",
        "song=x&charset=nonsense",
        "song=x&charset=%00",
        "&".join(f"field{number}=x" for number in range(40)),
    ],
)
def test_titles_that_are_refused(query: str) -> None:
    with pytest.raises(Refusal) as refusal:
        title_of(fields_of(query))
    assert refusal.value.status == 400


def test_a_title_without_an_artist_is_split() -> None:
    assert split(Title("A - B")) == Title("B", "A")
    assert split(Title("A - B", "C")) == Title("A - B", "C")
    assert split(Title("A - ")) == Title("A - ")
