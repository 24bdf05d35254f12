import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
from PIL import Image

from dsp.block import SAMPLE_RATE
from sonicforge.listening_page import COLUMNS, ROWS, Heard, page, spectrogram_of, waveform_of

TIME = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
TONE = np.tile(np.sin(2.0 * np.pi * 1000.0 * TIME) * (TIME > 1.0), (2, 1)).astype(np.float32)
HEARD = Heard(
    take="Rain & <Glass>",
    artist="Tin Lamp",
    file="01-lo-fi-1.flac",
    genre="lo-fi",
    seconds=2.0,
    sections=(("intro", 0.0), ("theme", 0.5)),
    waveform=waveform_of(TONE),
    spectrogram=spectrogram_of(TONE),
    refused="",
    facts={"key": "A minor", "licence": "CC0-1.0"},
)


class Reader(HTMLParser):
    """Notes every element, and what must be loaded from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)
        self.loaded += [value for name, value in attrs if name in ("src", "href") and value and not value.startswith("data:")]


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    return reader


def test_the_waveform_reaches_as_far_as_the_sound() -> None:
    assert len(HEARD.waveform) == COLUMNS
    assert HEARD.waveform[COLUMNS // 4] == (0.0, 0.0)
    low, high = HEARD.waveform[3 * COLUMNS // 4]
    assert low < -0.99
    assert high > 0.99


def test_the_spectrogram_shows_a_tone_where_it_is() -> None:
    picture = np.asarray(Image.open(io.BytesIO(HEARD.spectrogram)).convert("L"), np.int64)
    assert picture.shape == (ROWS, COLUMNS)
    row = ROWS - 1 - int(ROWS * np.log(1000.0 / 30.0) / np.log(18_000.0 / 30.0))
    brightest = int(np.argmax(picture[:, 3 * COLUMNS // 4]))
    assert abs(brightest - row) <= 2
    assert picture[:, COLUMNS // 4].max() < picture[brightest, 3 * COLUMNS // 4] // 4


def test_sound_shorter_than_a_window_has_its_pictures_too() -> None:
    assert len(waveform_of(TONE[:, -100:])) == COLUMNS
    assert spectrogram_of(TONE[:, -100:]).startswith(b"\x89PNG")


def test_the_page_needs_nothing_but_the_sound_beside_it() -> None:
    reader = read(page([HEARD, replace(HEARD, file="02-lo-fi-2.flac")], "1.2"))
    assert reader.loaded == ["01-lo-fi-1.flac", "02-lo-fi-2.flac"]
    assert reader.opened.count("audio") == reader.opened.count("svg") == reader.opened.count("img") == 2


def test_what_is_known_is_shown_and_nothing_of_it_is_markup() -> None:
    text = page([replace(HEARD, refused="too quiet: <-40")], "1.2")
    assert "Rain &amp; &lt;Glass&gt;" in text
    assert "Refused: too quiet: &lt;-40" in text
    assert "<Glass>" not in text
    assert "CC0-1.0" in text
    assert re.search(r"<text[^>]*>theme</text>", text)
    found = re.search(r"data:image/png;base64,([^\"]+)", text)
    assert found is not None
    assert base64.b64decode(found[1]) == HEARD.spectrogram
