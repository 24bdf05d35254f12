"""A still: one picture as PNG, for whoever wants to see a look before he sends it anywhere."""

import io
from typing import Final

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from dsp.spectrum import BANDS
from server.video.bill import Bill, Turn, artwork_of
from server.video.canvas import HEIGHT, PICTURE_FRAMES, WIDTH, Canvas
from server.video.colour import Pixels
from server.video.looks import LOOKS
from server.video.waveform import PAST_PICTURES, WAVE_POINTS, Heard

SHOWN_TURN: Final = Turn(83.0, 214.0)


def still(look: str, bill: Bill, cover: Pixels | None = None, heard: Heard | None = None, turn: Turn = SHOWN_TURN) -> bytes:
    """PNG, 1280 x 720. `look`: a key of LOOKS. Without anything heard, a sound is made up. Takes some tenths of a second."""
    canvas = Canvas.blank()
    LOOKS[look](bill, artwork_of(bill.track_id, cover)).draw(canvas, heard or made_up(), turn)
    file = io.BytesIO()
    Image.fromarray(pixels_of(canvas)).save(file, "png")
    return file.getvalue()


def pixels_of(canvas: Canvas) -> Pixels:
    """The picture as a screen shows it, uint8 [720, 1280, 3] RGB."""
    frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
    for plane, drawn in zip(frame.planes, canvas.planes, strict=True):
        plane.update(drawn.tobytes())
    shown = frame.reformat(
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return np.asarray(shown.to_ndarray(), np.uint8)


def made_up(position: int = 1_000 * PICTURE_FRAMES) -> Heard:
    """A sound as music has it: a slope with some peaks in it, which sway from picture to picture."""
    pictures = np.arange(PAST_PICTURES)[:, None] + position // PICTURE_FRAMES
    bands = np.arange(BANDS)[None, :]
    sway = np.sin(0.9 * bands + 0.021 * pictures) + np.sin(0.31 * bands - 0.037 * pictures) + np.sin(1.7 * bands + 0.05 * pictures)
    past = np.asarray(np.clip(0.72 - 0.0022 * bands + 0.055 * sway - 0.3 * (bands > 61), 0.0, 1.0), np.float32)
    turns = 2.0 * np.pi * np.arange(WAVE_POINTS) / WAVE_POINTS
    wave = 0.3 * np.sin(3.0 * turns) + 0.12 * np.sin(7.0 * turns + 1.0) + 0.06 * np.sin(19.0 * turns)
    return Heard(position, np.asarray(wave, np.float32), np.minimum(past[-1] + np.float32(0.05), np.float32(1.0)), past)
