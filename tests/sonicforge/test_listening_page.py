import base64
import re
from dataclasses import replace
from html.parser import HTMLParser

from sonicforge.listening_page import Heard, page

HEARD = Heard(
    title="Rain & <Glass>",
    artist="Tin Lamp",
    file="01-lo-fi-1.flac",
    genre="lo-fi",
    style="rainy",
    seconds=62.0,
    sections=(("intro", 0.0), ("theme", 0.5)),
    waveform=((-0.5, 0.5), (-1.0, 1.0)),
    spectrogram=b"a picture",
    refused="",
    score=83.4,
    parts={"balance": 0.91, "key": 1.0},
    chief={"key": "A minor"},
    facts={"licence": "CC0-1.0"},
)
OTHER = replace(HEARD, genre="house", file="02-house-1.flac", title="Pier")


class Reader(HTMLParser):
    """Notes every element, what must be loaded from elsewhere, and where links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.places: list[str] = []
        self.unclosed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.opened.append(tag)
        if tag not in ("meta", "img"):
            self.unclosed.append(tag)
        self.loaded += [value for name, value in attrs if name == "src" and value and not value.startswith("data:")]
        self.links += [value for value in [found.get("href")] if value]
        self.places += [f"#{value}" for value in [found.get("id")] if value]

    def handle_endtag(self, tag: str) -> None:
        """Of what closes itself, too."""
        assert self.unclosed.pop() == tag


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    return reader


def test_the_page_is_whole_and_needs_nothing_but_the_sound_beside_it() -> None:
    reader = read(page([HEARD, OTHER], "1.2"))
    assert reader.unclosed == []
    assert reader.loaded == ["01-lo-fi-1.flac", "02-house-1.flac"]
    assert reader.opened.count("audio") == reader.opened.count("svg") == reader.opened.count("img") == reader.opened.count("button") == 2


def test_several_genres_have_links_that_lead_somewhere_and_one_has_none() -> None:
    reader = read(page([HEARD, replace(HEARD, file="x.flac"), OTHER], "1.2"))
    assert reader.links == ["#take-1", "#take-3"]
    assert set(reader.links) <= set(reader.places)
    assert read(page([HEARD], "1.2")).links == []


def test_what_is_known_is_shown_and_nothing_of_it_is_markup() -> None:
    text = page([replace(HEARD, refused="too quiet: <-40")], "1.2")
    assert "Rain &amp; &lt;Glass&gt;" in text
    assert "refuses it: too quiet: &lt;-40" in text
    assert "<Glass>" not in text
    for told in ("CC0-1.0", "A minor", ">83<", "1 take, 1:02 of music", ">91%<"):
        assert told in text
    assert re.search(r'<span style="left:50.00%">theme</span>', text)
    found = re.search(r"data:image/png;base64,([^\"]+)", text)
    assert found is not None
    assert base64.b64decode(found[1]) == HEARD.spectrogram


def test_a_page_that_is_not_complete_says_so() -> None:
    assert "3 more to come" in page([HEARD], "1.2", 4)
    assert 'data-missing="3"' in page([HEARD], "1.2", 4)
    assert "more to come" not in page([HEARD], "1.2", 1)
