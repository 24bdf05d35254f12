"""Sound in, sound out: drift, gusts, stalls and floods, judged on the samples."""

from random import Random

import numpy as np
import pytest

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, Samples, frames_of
from server.live.session import SOUND_BLOCK_FRAMES
from server.live.sound_buffer import MOST_EXTRA_FRAMES, MOST_FRAMES, MOST_SHIFT, SoundBuffer
from tests.server.live.dj import AMPLITUDE, STEEPEST, pcm, sent, wave

READY = frames_of(0.5)


class Line:
    """Feeds a buffer with a tone and reads it, tick by tick."""

    def __init__(self, speed: float = 1.0) -> None:
        self.buffer = SoundBuffer(READY)
        self.speed = speed
        self.blocks: list[Samples] = []
        self._due = 0.0
        self._sent = 0
        self._waiting: list[bytes] = []

    def tick(self, through: bool = True) -> Samples:
        """20 ms: the sender's sound waits until the line lets it `through`."""
        self._due += BLOCK_FRAMES * self.speed
        while int(self._due) > self._sent:
            frames = min(int(self._due) - self._sent, SOUND_BLOCK_FRAMES)
            self._waiting.append(sent(self._sent, frames))
            self._sent += frames
        if through:
            for piece in self._waiting:
                self.buffer.take(piece)
            self._waiting.clear()
        self.blocks.append(self.buffer.read(BLOCK_FRAMES))
        return self.blocks[-1]

    def run(self, seconds: float) -> None:
        for _ in range(frames_of(seconds) // BLOCK_FRAMES):
            self.tick()

    def sound(self) -> Samples:
        return np.concatenate(self.blocks, axis=1)


def steepest(sound: Samples) -> float:
    return float(np.abs(np.diff(sound, axis=1)).max())


def quiet_blocks(sound: Samples) -> int:
    """Blocks without sound behind the first one with sound."""
    peaks = np.abs(sound[0]).reshape(-1, BLOCK_FRAMES).max(axis=1)
    first = int(np.argmax(peaks > 0.01))
    return int((peaks[first:] < 0.01).sum())


def test_it_waits_until_enough_lies_ready_and_then_gives_bit_by_bit_what_it_got() -> None:
    line = Line()
    line.run(3.0)
    sound = line.sound()
    first = int(np.argmax(np.abs(sound[0]) > 0))
    assert READY - 2 * BLOCK_FRAMES <= first <= READY + BLOCK_FRAMES
    begin = first - first % BLOCK_FRAMES
    known = np.round(wave(0, SAMPLE_RATE) * 32_767) / 32_768
    after_ramp = sound[:, begin + 240 : begin + SAMPLE_RATE]
    assert np.array_equal(after_ramp, known[:, 240:SAMPLE_RATE].astype(np.float32))


@pytest.mark.parametrize("speed", [1.0003, 0.9997, 1.002, 0.998])
def test_a_sound_card_that_is_too_fast_or_too_slow_makes_neither_gap_nor_click_nor_lag(speed: float) -> None:
    line = Line(speed)
    line.run(90.0)
    sound = line.sound()
    assert quiet_blocks(sound) == 0
    assert steepest(sound) < STEEPEST * 1.01
    assert (line.buffer.dry_total, line.buffer.left_out_frames, line.buffer.refused_frames) == (0, 0, 0)
    line.run(60.0)
    assert abs(line.buffer.left_frames - READY) < frames_of(0.2)
    assert abs(line.buffer.speed - speed) < 0.0006 or line.buffer.speed == 1.0


def test_the_speed_moves_so_slowly_that_nobody_hears_it() -> None:
    line, speeds = Line(1.004), list[float]()
    for _ in range(3_000):
        line.tick()
        speeds.append(line.buffer.speed)
    assert max(speeds) <= 1 + MOST_SHIFT
    assert max(np.abs(np.diff(speeds))) < 0.0002


def test_sound_that_comes_in_gusts_and_late_is_heard_as_if_it_came_in_time() -> None:
    line, random = Line(), Random(1)
    holds = 0
    for _ in range(6_000):
        holds = holds - 1 if holds > 0 else random.choice([0, 0, 1, 5, 20])
        line.tick(through=holds == 0)
    assert quiet_blocks(line.sound()) == 0
    assert steepest(line.sound()) < STEEPEST * 1.01
    assert line.buffer.dry_total == 0


def test_whole_seconds_at_a_time_are_heard_without_a_gap() -> None:
    line = Line()
    for tick in range(3_000):
        line.tick(through=tick % 50 == 0)
    assert quiet_blocks(line.sound()) == 0
    assert line.buffer.dry_total == 0


def test_run_dry_it_fades_out_gathers_anew_and_fades_in_without_a_click() -> None:
    line = Line()
    line.run(3.0)
    for _ in range(50):
        line.tick(through=False)
    assert np.abs(line.blocks[-1]).max() == 0.0
    line.run(5.0)
    assert line.buffer.dry_total == 1
    assert np.abs(line.blocks[-1]).max() > 0.9 * AMPLITUDE
    assert steepest(line.sound()) < STEEPEST * 1.6  # a fade of 5 ms is a little steeper than the tone itself


def test_what_came_far_too_late_is_left_out_by_a_segue() -> None:
    line = Line()
    line.run(3.0)
    for _ in range(200):
        line.tick(through=False)
    line.run(10.0)
    lag = line.buffer.left_frames
    assert lag <= READY * 3 // 2 + MOST_EXTRA_FRAMES
    assert line.buffer.left_out_frames > 0
    assert steepest(line.sound()) < STEEPEST * 2.1


def test_a_buffer_that_nobody_reads_is_bounded() -> None:
    buffer, piece = SoundBuffer(READY), pcm(wave(0, 960))
    taken = [buffer.take(piece) for _ in range(1_000)]
    assert sum(taken) * 960 <= MOST_FRAMES + 2 * 960
    assert not taken[-1]
    assert buffer.refused_frames == taken.count(False) * 960
    for _ in range(READY // 960 + 1):
        buffer.read(960)
    assert buffer.left_frames <= READY + MOST_EXTRA_FRAMES


@pytest.mark.parametrize("nonsense", [b"", b"abc", b"\0" * 4 * 961, b"\0" * 6])
def test_what_is_no_sound_is_refused(nonsense: bytes) -> None:
    buffer = SoundBuffer(READY)
    assert not buffer.take(nonsense)
    assert buffer.received_frames == 0


def test_the_peak_is_that_of_what_came_since_it_was_asked() -> None:
    buffer = SoundBuffer(READY)
    buffer.take(pcm(wave(0, 960)))
    assert buffer.take_peak() == pytest.approx(AMPLITUDE, abs=0.001)
    assert buffer.take_peak() == 0.0
