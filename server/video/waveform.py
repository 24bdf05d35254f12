"""The visualiser's ears: packets of the programme in, for each picture what is to be seen of its 1600 frames out.

Spectra are made here from the decoded sound, by the same analyser as on the wire (dsp/spectrum.py), on the same grid: so they belong to
the picture's position by construction, also while a front fills in with the emergency loop and no engine tells any.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.codec.context import CodecContext
from av.error import FFmpegError
from av.packet import Packet
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE, Samples
from dsp.spectrum import BANDS, SpectrumAnalyser
from server.clock import round_up
from server.video.canvas import PICTURE_FRAMES, PICTURES_A_SECOND
from server.wire.wire import Rendition

WAVE_POINTS: Final = 1_024
"""Of a picture's frames, those that are shown: from a rising edge on, so that a steady tone stands still."""
SMOOTHING_FRAMES: Final = 15
"""Twice this moving average: what is finer than a pixel would only flicker."""
PAST_PICTURES: Final = 8 * PICTURES_A_SECOND
STAMP_BYTES: Final = 8
_TIME_BASE: Final = Fraction(1, SAMPLE_RATE)


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What is to be seen of the sound from `position` on, for the length of one picture."""

    position: int
    wave: NDArray[np.float32]
    """float32 [1024] within [-1, 1]: the middle of the stereo picture."""
    peaks: NDArray[np.float32]
    """float32 [64]: where the held peaks of the bands stand, 0 to 1."""
    past: NDArray[np.float32]
    """float32 [240, 64]: how high the bands stood in the pictures up to this one, the latest last; 0 to 1 for -90 to 0 dBFS."""

    @property
    def bands(self) -> NDArray[np.float32]:
        """float32 [64]: how high the bands stand now."""
        latest: NDArray[np.float32] = self.past[-1]
        return latest


def unheard(position: int) -> Heard:
    """Silence."""
    return Heard(position, np.zeros(WAVE_POINTS, np.float32), np.zeros(BANDS, np.float32), np.zeros((PAST_PICTURES, BANDS), np.float32))


class Hearing:
    """Listens to one rendition of AAC."""

    def __init__(self) -> None:
        self._opened: Rendition | None = None
        self._decoder: AudioCodecContext | None = None
        self._sitting: int | None = None
        self._next: int | None = None
        """Where the next packet goes on without a hole."""
        self._listen_anew(0)

    def take(self, rendition: Rendition, sitting: int, position: int, packets: list[bytes]) -> list[Heard]:
        """What was heard of every picture that is complete now. Behind a hole, or a packet that is no sound, it listens anew."""
        if (rendition, sitting, position) != (self._opened, self._sitting, self._next):
            self._decoder, self._opened, self._sitting = _decoder(rendition), rendition, sitting
            self._listen_anew(position)
        heard: list[Heard] = []
        for number, data in enumerate(packets):
            start = position + number * rendition.packet_frames
            sound = self._decode(data, start)
            if sound is None:
                self._opened = None
                return heard
            heard += self._hear(sound, start)
        self._next = position + len(packets) * rendition.packet_frames
        return heard

    def _listen_anew(self, position: int) -> None:
        self._analyser = SpectrumAnalyser(PICTURES_A_SECOND)
        self._past = np.zeros((PAST_PICTURES, BANDS), np.float32)
        self._ahead = round_up(position, PICTURE_FRAMES)
        """The first picture that is not complete yet."""
        self._sound = np.zeros(0, np.float32)

    def _decode(self, data: bytes, position: int) -> Samples | None:
        """None for what is no sound."""
        assert self._decoder is not None
        packet = Packet(data)
        packet.pts, packet.time_base = position, _TIME_BASE
        try:
            frames = self._decoder.decode(packet)
        except FFmpegError:
            return None
        return np.concatenate([frame.to_ndarray() for frame in frames], axis=1) if frames else None

    def _hear(self, sound: Samples, position: int) -> list[Heard]:
        self._sound = np.concatenate((self._sound, 0.5 * (sound[0] + sound[1])))
        first = position + sound.shape[1] - self._sound.size
        if first < self._ahead:
            self._sound = self._sound[self._ahead - first :]
        return [self._seen(frame) for frame in self._analyser.feed(sound, position) if self._sound.size >= PICTURE_FRAMES]

    def _seen(self, frame: bytes) -> Heard:
        """`frame` is the spectrum that ends with the picture."""
        shown = np.frombuffer(frame, np.uint8, offset=STAMP_BYTES).astype(np.float32) / 255.0
        self._past = np.concatenate((self._past[1:], shown[None, :BANDS]))
        heard = Heard(self._ahead, steadied(self._sound[:PICTURE_FRAMES]), shown[BANDS:], self._past)
        self._ahead += PICTURE_FRAMES
        self._sound = self._sound[PICTURE_FRAMES:]
        return heard


def steadied(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """1024 of the 1600 frames of a picture, smoothed, from the steepest rise through zero among those that leave enough."""
    window = np.full(SMOOTHING_FRAMES, 1.0 / SMOOTHING_FRAMES, np.float32)
    smooth = np.convolve(np.convolve(sound, window, "same"), window, "same").astype(np.float32)
    before, after = smooth[: PICTURE_FRAMES - WAVE_POINTS], smooth[1 : PICTURE_FRAMES - WAVE_POINTS + 1]
    rises = np.where((before <= 0.0) & (after > 0.0), after - before, 0.0)
    start = int(np.argmax(rises))
    return np.clip(smooth[start : start + WAVE_POINTS], -1.0, 1.0)


def _decoder(rendition: Rendition) -> AudioCodecContext:
    decoder = CodecContext.create("aac", "r")
    assert isinstance(decoder, AudioCodecContext)
    decoder.sample_rate, decoder.layout, decoder.extradata = SAMPLE_RATE, "stereo", rendition.header
    return decoder
