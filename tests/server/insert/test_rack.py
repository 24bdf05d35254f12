"""The rack on the tick's side: whatever the other process does, the sound goes on, in time and without a click."""

import numpy as np
import pytest

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, Samples
from server.insert.line import Line
from server.insert.rack import FADE_FRAMES, LOUDEST, SILENT_BLOCKS, WELL_BLOCKS, Rack

ROOM = 480
LATENCY = BLOCK_FRAMES + FADE_FRAMES + ROOM
IN_AFTER_BLOCKS = WELL_BLOCKS + 12


class Obedient(Line):
    """A rack of cardboard: halves the sound, `ROOM` frames late, and does whatever the test has it do."""

    def __init__(self) -> None:
        self.posted = 0
        self.answered = 0
        self.unfit = ""
        self.late: set[int] = set()
        self.gain = 0.5
        self.closed = False
        self._made: dict[int, Samples] = {}
        self._held = np.zeros((2, ROOM), np.float32)

    def post(self, block: Samples) -> int | None:
        sound = np.concatenate((self._held, block * np.float32(self.gain)), axis=1)
        self._held = sound[:, BLOCK_FRAMES:]
        self._made[self.posted] = sound[:, :BLOCK_FRAMES]
        self.posted += 1
        return self.posted - 1

    def answer(self, number: int, patience_seconds: float) -> Samples | None:
        assert patience_seconds < 0.01
        if number in self.late:
            return None
        self.answered = number + 1
        return self._made[number]

    def close(self) -> None:
        self.closed = True


def sine(blocks: int) -> Samples:
    wave = 0.5 * np.sin(np.arange(blocks * BLOCK_FRAMES) * (2 * np.pi * 100 / SAMPLE_RATE))
    return np.tile(wave.astype(np.float32), (2, 1))


def through(rack: Rack, sound: Samples, frames: int = BLOCK_FRAMES) -> Samples:
    return np.concatenate([rack.process(sound[:, at : at + frames]) for at in range(0, sound.shape[1], frames)], axis=1)


def share(out: Samples, sound: Samples, block: int) -> float:
    """How much of the sound is in the output at that block, both taken at the same time."""
    at = slice(block * BLOCK_FRAMES, (block + 1) * BLOCK_FRAMES)
    late = np.roll(sound, LATENCY, axis=1)[0, at]
    return float(np.dot(out[0, at], late) / np.dot(late, late))


def steepest(sound: Samples) -> float:
    """The greatest second difference: a click is a corner of the wave."""
    return float(np.abs(np.diff(sound[0], 2)).max())


def test_without_plug_ins_it_is_a_delay_and_nothing_else() -> None:
    rack, sound = Rack(ROOM), sine(40)
    out = through(rack, sound)
    assert rack.latency_frames == LATENCY
    assert np.array_equal(out[:, LATENCY:], sound[:, :-LATENCY])
    assert not out[:, :LATENCY].any()
    assert not rack.is_in


def test_plug_ins_come_in_gently_and_at_the_same_time() -> None:
    rack, sound = Rack(ROOM), sine(80)
    rack.offer(Obedient())
    out = through(rack, sound)
    assert share(out, sound, WELL_BLOCKS - 2) == pytest.approx(1.0)
    assert share(out, sound, 60) == pytest.approx(0.5)
    assert steepest(out[:, LATENCY:]) < 1.5 * steepest(sound)
    assert rack.is_in
    assert rack.late_blocks_total == 0


@pytest.mark.parametrize("frames", [64, 480, 1000, 4096])
def test_the_sound_does_not_depend_on_the_length_of_a_block(frames: int) -> None:
    sound = sine(64)
    outs = []
    for length in (BLOCK_FRAMES, frames):
        rack = Rack(ROOM)
        rack.offer(Obedient())
        outs.append(through(rack, sound, length))
    assert np.array_equal(*outs)


def test_a_late_block_is_heard_dry_without_a_click_and_the_plug_ins_return() -> None:
    rack, sound, line = Rack(ROOM), sine(160), Obedient()
    line.late = {60, 61}
    rack.offer(line)
    out = through(rack, sound)
    assert share(out, sound, 60) == pytest.approx(0.5)
    assert share(out, sound, 63) == pytest.approx(1.0)
    assert share(out, sound, 62 + IN_AFTER_BLOCKS) == pytest.approx(0.5)
    assert steepest(out[:, LATENCY:]) < 0.02
    assert np.abs(np.diff(out[0])).max() < 1.3 * np.abs(np.diff(sound[0])).max()
    assert rack.late_blocks_total == 2
    assert rack.returned() == []


@pytest.mark.parametrize("gain", [float("nan"), float("inf"), 2 * LOUDEST / 0.5])
def test_what_is_no_sound_never_gets_out_and_ends_the_rack(gain: float) -> None:
    rack, sound, line = Rack(ROOM), sine(120), Obedient()
    rack.offer(line)
    before = through(rack, sound[:, : 60 * BLOCK_FRAMES])
    line.gain = gain
    out = np.concatenate((before, through(rack, sound[:, 60 * BLOCK_FRAMES :])), axis=1)
    assert np.isfinite(out).all()
    assert np.abs(out).max() <= 0.5 + 1e-6
    assert share(out, sound, 64) == pytest.approx(1.0)
    assert "no sound" in line.unfit
    assert rack.returned() == [line]


def test_plug_ins_that_fall_silent_are_passed_by_before_it_is_dead_air() -> None:
    rack, sound, line = Rack(ROOM), sine(60 + SILENT_BLOCKS + 10), Obedient()
    rack.offer(line)
    through(rack, sound[:, : 60 * BLOCK_FRAMES])
    line.gain = 0.0
    through(rack, sound[:, 60 * BLOCK_FRAMES :])
    assert "silent" in line.unfit
    assert not rack.is_in


def test_silence_that_goes_in_may_come_out() -> None:
    rack, line = Rack(ROOM), Obedient()
    rack.offer(line)
    through(rack, np.zeros((2, 300 * BLOCK_FRAMES), np.float32))
    assert not line.unfit
    assert rack.is_in


def test_bypassed_it_is_dry_and_comes_back_at_once() -> None:
    rack, sound = Rack(ROOM), sine(200)
    rack.offer(Obedient())
    first = through(rack, sound[:, : 60 * BLOCK_FRAMES])
    rack.bypassed = True
    second = through(rack, sound[:, 60 * BLOCK_FRAMES : 120 * BLOCK_FRAMES])
    rack.bypassed = False
    out = np.concatenate((first, second, through(rack, sound[:, 120 * BLOCK_FRAMES :])), axis=1)
    assert share(out, sound, 100) == pytest.approx(1.0)
    assert share(out, sound, 140) == pytest.approx(0.5)
    assert steepest(out[:, LATENCY:]) < 0.02


def test_another_rack_takes_the_place_of_the_one_before() -> None:
    rack, sound, first, second = Rack(ROOM), sine(60), Obedient(), Obedient()
    rack.offer(first)
    through(rack, sound)
    rack.offer(second)
    out = through(rack, sound)
    assert np.abs(out).max() <= 0.5 + 1e-6
    assert rack.returned() == [first]
    rack.close()
    assert second.closed
