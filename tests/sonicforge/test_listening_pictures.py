import io

import numpy as np
from PIL import Image

from dsp.block import SAMPLE_RATE
from sonicforge.listening_pictures import COLUMNS, ROWS, spectrogram_of, waveform_of

TIME = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
TONE = np.tile(np.sin(2.0 * np.pi * 1000.0 * TIME) * (TIME > 1.0), (2, 1)).astype(np.float32)


def test_the_waveform_reaches_as_far_as_the_sound() -> None:
    waveform = waveform_of(TONE)
    assert len(waveform) == COLUMNS
    assert waveform[COLUMNS // 4] == (0.0, 0.0)
    low, high = waveform[3 * COLUMNS // 4]
    assert low < -0.99
    assert high > 0.99


def test_the_spectrogram_shows_a_tone_where_it_is() -> None:
    picture = np.asarray(Image.open(io.BytesIO(spectrogram_of(TONE))).convert("L"), np.int64)
    assert picture.shape == (ROWS, COLUMNS)
    row = ROWS - 1 - int(ROWS * np.log(1000.0 / 30.0) / np.log(18_000.0 / 30.0))
    brightest = int(np.argmax(picture[:, 3 * COLUMNS // 4]))
    assert abs(brightest - row) <= 2
    assert picture[:, COLUMNS // 4].max() < picture[brightest, 3 * COLUMNS // 4] // 4


def test_sound_shorter_than_a_window_has_its_pictures_too() -> None:
    assert len(waveform_of(TONE[:, -100:])) == COLUMNS
    assert spectrogram_of(TONE[:, -100:]).startswith(b"\x89PNG")
