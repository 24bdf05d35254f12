"""What platforms are promised of every picture, judged by ffprobe where it can judge."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from server.video.canvas import PICTURE_FRAMES, Canvas
from server.video.encoder import KEYFRAME_FRAMES, EncodedPicture, VideoEncoder
from tests.programs import program

KILOBITS = 1_000
"""A quarter of what goes out, so that tests are quick."""


def scribble(canvas: Canvas, number: int) -> None:
    """Something that moves as a spectrum does."""
    canvas.luma[:] = 40
    for bar, height in enumerate(np.random.default_rng(number).integers(10, 600, 64)):
        canvas.luma[720 - height :, 20 * bar : 20 * bar + 14] = 180


def encoded(first: int, count: int, moving: bool = True) -> tuple[VideoEncoder, list[EncodedPicture]]:
    encoder = VideoEncoder(KILOBITS, "ultrafast" if count > 100 else "veryfast")
    pictures = []
    for number in range(first, first + count):
        if moving:
            scribble(encoder.canvas, number)
        pictures.append(encoder.encode(number * PICTURE_FRAMES))
    return encoder, pictures


def probed(tmp_path: Path, encoder: VideoEncoder, pictures: list[EncodedPicture], what: str) -> list[dict[str, str]]:
    path = tmp_path / "pictures.h264"
    path.write_bytes(encoder.extradata + b"".join(picture.data for picture in pictures))
    done = subprocess.run(
        [program("ffprobe"), "-v", "error", "-count_frames", f"-show_{what}", "-of", "json", path], capture_output=True, check=True
    )
    assert not done.stderr
    found: list[dict[str, str]] = json.loads(done.stdout)[what]
    return found


def test_each_picture_comes_at_once_with_its_position() -> None:
    _, pictures = encoded(17, 5)
    assert [picture.position for picture in pictures] == [number * PICTURE_FRAMES for number in range(17, 22)]
    assert all(picture.data.startswith((b"\0\0\1", b"\0\0\0\1")) for picture in pictures)


def test_keyframes_lie_on_whole_two_seconds_of_the_clock_wherever_it_begins() -> None:
    _, pictures = encoded(17, 130, moving=False)
    keys = [picture.position for picture in pictures if picture.keyframe]
    assert keys == [17 * PICTURE_FRAMES, KEYFRAME_FRAMES, 2 * KEYFRAME_FRAMES]


def test_two_encoders_have_the_same_parameter_sets() -> None:
    assert VideoEncoder(KILOBITS, "veryfast").extradata == VideoEncoder(KILOBITS, "veryfast").extradata != b""


def test_the_parameter_sets_are_not_repeated() -> None:
    _, pictures = encoded(0, 2)
    kinds = [nal[0] & 31 for nal in pictures[0].data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[1:]]
    assert 5 in kinds
    assert not {7, 8} & set(kinds)


@pytest.mark.parametrize("moving", [True, False])
def test_the_rate_is_constant(moving: bool) -> None:
    _, pictures = encoded(0, 180, moving)
    bits = 8 * sum(len(picture.data) for picture in pictures[60:])
    assert bits / 4 == pytest.approx(KILOBITS * 1000, rel=0.05)


@pytest.mark.real
def test_main_profile_720p_in_limited_bt709(tmp_path: Path) -> None:
    encoder, pictures = encoded(0, 60)
    (stream,) = probed(tmp_path, encoder, pictures, "streams")
    assert (stream["codec_name"], stream["profile"], stream["has_b_frames"]) == ("h264", "Main", 0)
    assert (stream["width"], stream["height"], stream["pix_fmt"], stream["r_frame_rate"]) == (1280, 720, "yuv420p", "30/1")
    assert (stream["color_range"], stream["color_space"], stream["color_primaries"]) == ("tv", "bt709", "bt709")


@pytest.mark.real
def test_no_b_frames_and_no_frame_is_lost(tmp_path: Path) -> None:
    encoder, pictures = encoded(30, 90)
    kinds = [frame["pict_type"] for frame in probed(tmp_path, encoder, pictures, "frames")]
    assert kinds == ["I"] + ["P"] * 29 + ["I"] + ["P"] * 59
