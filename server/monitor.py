"""The local monitor: a station's sound for the sound card of this machine.

The card has a clock of its own and the station another, and the monitor never asks the station to wait: between the two lies a buffer,
which is trimmed when the card is slow and rests when it is fast. What is heard is the Opus that listeners get, decoded.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.error import FFmpegError

from dsp.block import CHANNELS, Samples, frames_of, silence
from server.wire.wire import Rendition

RENDITION: Final = "opus_128"
FULL_FACTOR: Final = 3
"""What lies ready beyond so many times the target is skipped."""
_RAMP_FRAMES: Final = 240


class MonitorBuffer:
    """Sound between the station's clock and the card's. Written by one thread, read by another."""

    def __init__(self, target_seconds: float) -> None:
        """Plays once `target_seconds` lie ready, and again so after it ran dry."""
        self.dry_total = 0
        self.skipped_frames = 0
        self._target = frames_of(target_seconds)
        self._blocks: deque[Samples] = deque()
        self._frames = 0
        self._playing = False
        self._lock = threading.Lock()

    @property
    def frames(self) -> int:
        """How much lies ready."""
        return self._frames

    def write(self, block: Samples) -> None:
        """Takes float32 [2, n]; drops the oldest beyond three times the target."""
        with self._lock:
            self._blocks.append(block)
            self._frames += block.shape[1]
            if self._frames > FULL_FACTOR * self._target:
                while self._frames - self._blocks[0].shape[1] >= self._target:
                    gone = self._blocks.popleft().shape[1]
                    self._frames -= gone
                    self.skipped_frames += gone

    def read(self, frames: int) -> Samples:
        """The next `frames` frames, float32 [2, frames]; silence while too little is there. Never waits for the writer's sound."""
        with self._lock:
            if not self._playing and self._frames < self._target:
                return silence(frames)
            begins = not self._playing
            self._playing = True
            block = self._take(min(frames, self._frames))
            if block.shape[1] < frames:
                self._playing = False
                self.dry_total += 1
        if begins:
            _ramp(block, up=True)
        if block.shape[1] == frames:
            return block
        _ramp(block, up=False)
        return np.concatenate((block, silence(frames - block.shape[1])), axis=1)

    def _take(self, frames: int) -> Samples:
        block = silence(frames)
        done = 0
        while done < frames:
            first = self._blocks[0]
            step = min(frames - done, first.shape[1])
            block[:, done : done + step] = first[:, :step]
            if step == first.shape[1]:
                self._blocks.popleft()
            else:
                self._blocks[0] = first[:, step:]
            done += step
        self._frames -= frames
        return block


def _ramp(block: Samples, *, up: bool) -> None:
    """Takes the edge off where sound begins or ends; in place."""
    frames = min(_RAMP_FRAMES, block.shape[1])
    curve = np.linspace(0.0, 1.0, frames, dtype=np.float32)
    if up:
        block[:, :frames] *= curve
    elif frames:
        block[:, -frames:] *= curve[::-1]


class Monitor:
    """A packet sink that decodes what it gets into a buffer."""

    def __init__(self, write: Callable[[Samples], None]) -> None:
        self.undecoded_total = 0
        self._write = write
        self._decoder: AudioCodecContext | None = None
        self._next = -1

    def packets(self, rendition: Rendition, sitting: int, position: int, packets: list[bytes]) -> None:  # noqa: ARG002
        """Called by the relay. Behind a hole the decoder begins anew."""
        if rendition.name != RENDITION:
            return
        if self._decoder is None or position != self._next:
            self._decoder = _decoder(rendition.header)
        self._next = position + len(packets) * rendition.packet_frames
        for packet in packets:
            try:
                for frame in self._decoder.decode(av.Packet(packet)):
                    self._write(_stereo(frame.to_ndarray()))
            except FFmpegError:
                self.undecoded_total += 1


def _decoder(header: bytes) -> AudioCodecContext:
    decoder = av.CodecContext.create("libopus", "r")
    assert isinstance(decoder, AudioCodecContext)
    decoder.extradata = header
    decoder.sample_rate, decoder.layout = 48_000, "stereo"
    return decoder


def _stereo(sound: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Samples:
    """What a decoder gives, planar or not, int16 or float, as float32 [2, n]."""
    planar = sound if sound.shape[0] == CHANNELS else sound.reshape(-1, CHANNELS).T
    scale = np.float32(1 / 32_768 if planar.dtype == np.int16 else 1.0)
    return np.ascontiguousarray(planar, dtype=np.float32) * scale
