"""One H.264 encoder: pictures in, access units out, in the one form that every platform takes.

Constant rate (filled up where a picture needs less), Main profile, no B-frames, and a keyframe at every whole two seconds of the station's
clock, wherever the encoder began: so a pusher that was started later cuts as the earlier one did. It knows no clock, no thread and no
look. x264 releases the GIL while it works.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from av.codec.context import CodecContext, Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from server.video.canvas import DARKEST, GREY, HEIGHT, PICTURE_FRAMES, PICTURES_A_SECOND, WIDTH, Canvas, Plane

KEYFRAME_PICTURES: Final = 2 * PICTURES_A_SECOND
KEYFRAME_FRAMES: Final = KEYFRAME_PICTURES * PICTURE_FRAMES
"""96,000 frames of sound: two seconds, what Twitch asks for and YouTube and Kick take."""

FINEST: Final = 20
"""The finest quantiser. Below it nobody sees a difference, and a still picture costs as much as a moving one to fill the rate."""


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """One picture as it is sent."""

    position: int
    """Of the first frame of sound that it stands for: a multiple of 1600. Pictures follow one another by 1600, except behind a hole."""
    keyframe: bool
    """It needs no other one. The first one, and the first one behind a hole, always is."""
    data: bytes
    """One access unit, Annex B, without the parameter sets."""


class VideoEncoder:
    """Encodes from its first picture on, which is a keyframe; whoever has a hole makes a new one behind it."""

    def __init__(self, bitrate_kilobits: int, preset: str) -> None:
        self._context = _open(bitrate_kilobits, preset)
        self._frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        self._began = False
        self.canvas = Canvas(*(_plane(self._frame, number) for number in range(3)))
        """Where the next picture is drawn. It is black at first and keeps the last one."""
        self.canvas.luma[:] = DARKEST
        for chroma in (self.canvas.blue, self.canvas.red):
            chroma[:] = GREY
        self.extradata = bytes(self._context.extradata or b"")
        """The parameter sets (SPS and PPS), Annex B. The same for the same settings."""

    def encode(self, position: int) -> EncodedPicture:
        """What lies on the canvas, as the picture at `position`."""
        key = not self._began or position % KEYFRAME_FRAMES == 0
        self._began = True
        self._frame.pts = position // PICTURE_FRAMES
        self._frame.pict_type = PictureType.I if key else PictureType.NONE
        (packet,) = self._context.encode(self._frame)
        return EncodedPicture(position, packet.is_keyframe, bytes(packet))


def _plane(frame: VideoFrame, number: int) -> Plane:
    """A view of the memory that x264 reads."""
    plane = frame.planes[number]
    return np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]


def _open(bitrate_kilobits: int, preset: str) -> VideoCodecContext:
    context = CodecContext.create("libx264", "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    context.time_base, context.framerate = Fraction(1, PICTURES_A_SECOND), Fraction(PICTURES_A_SECOND)
    context.color_range, context.colorspace = ColorRange.MPEG, Colorspace.ITU709
    context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    context.bit_rate = bitrate_kilobits * 1000
    context.gop_size = KEYFRAME_PICTURES
    context.thread_count = 1
    context.flags |= Flags.global_header
    context.options = options(bitrate_kilobits, preset)
    context.open()
    return context


def options(bitrate_kilobits: int, preset: str) -> dict[str, str]:
    """What x264 is asked for, by FFmpeg's names; a benchmark gives the same to FFmpeg."""
    return {
        "preset": preset,
        "profile": "main",
        "tune": "zerolatency",  # no lookahead: each picture is out before the next one is drawn
        "forced-idr": "1",
        "qmin": str(FINEST),
        "maxrate": f"{bitrate_kilobits}k",
        "bufsize": f"{bitrate_kilobits}k",
        "x264-params": f"nal-hrd=cbr:force-cfr=1:keyint={KEYFRAME_PICTURES}:min-keyint={KEYFRAME_PICTURES}:scenecut=0:sliced-threads=0",
    }
