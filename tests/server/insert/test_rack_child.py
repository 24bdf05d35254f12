"""The rack's own process, from inside: what plug-ins are there, what they hold back, and what they may not do."""

import os

import numpy as np
import pytest

from dsp.block import BLOCK_FRAMES, Samples
from server.insert.plug_in import PlugIn
from server.insert.rack_child import Passage, Unloadable, load, serve
from server.insert.ring import Ring, shared_memory

pytest.importorskip("pedalboard")


class Holding:
    """Plug-ins that hold back so many frames and give them nothing else."""

    def __init__(self, frames: int) -> None:
        self.left = frames

    def process(self, input_array: Samples, sample_rate: float, buffer_size: int, reset: bool) -> Samples:
        assert (sample_rate, buffer_size, reset) == (48_000, BLOCK_FRAMES, False)
        kept = min(self.left, input_array.shape[1])
        self.left -= kept
        return input_array[:, kept:]


def test_sound_passes_late_by_the_room_whatever_is_held_back() -> None:
    sound = np.random.default_rng(1).standard_normal((2, 20 * BLOCK_FRAMES)).astype(np.float32)
    for held in (0, 240, 480):
        passage = Passage(Holding(held), 480)
        out = np.concatenate([passage.process(sound[:, at : at + 960]) for at in range(0, sound.shape[1], 960)], axis=1)
        assert passage.latency_frames == held
        assert out.shape == sound.shape
    passage = Passage(load([PlugIn(name="Gain"), PlugIn(name="BrickwallLimiter")]), 480)
    quiet = 0.01 * sound
    out = np.concatenate([passage.process(quiet[:, at : at + 960]) for at in range(0, sound.shape[1], 960)], axis=1)
    assert passage.latency_frames == 240
    made_up = out[0, 480] / quiet[0, 0]
    assert np.allclose(out[:, 480:], made_up * quiet[:, :-480], atol=1e-6)


def test_more_than_there_is_room_for_is_refused_with_the_figure_that_is_needed() -> None:
    with pytest.raises(Unloadable, match=r"12\.5 ms.*plugin_latency_milliseconds"):
        Passage(Holding(600), 480)


def test_plug_ins_that_begin_to_hold_back_are_refused_then() -> None:
    chain = Holding(0)
    passage = Passage(chain, 480)
    chain.left = 500
    with pytest.raises(Unloadable, match="begun to hold back"):
        passage.process(np.zeros((2, BLOCK_FRAMES), np.float32))


@pytest.mark.parametrize(
    ("plug_in", "words"),
    [
        (PlugIn(name="Loudener"), "no plug-in Loudener; it has .*Compressor"),
        (PlugIn(name="time_stretch"), "no plug-in"),
        (PlugIn(name="Compressor", parameters={"treshold_db": -20.0}), "no parameter treshold_db; it has .*threshold_db"),
        (PlugIn(name="Compressor", parameters={"ratio": "much"}), "Compressor cannot be loaded"),
        (PlugIn(file="/nowhere/Some EQ.vst3"), "Some EQ cannot be loaded.*not found"),
    ],
)
def test_what_cannot_be_loaded_is_named(plug_in: PlugIn, words: str) -> None:
    with pytest.raises(Unloadable, match=words):
        load([plug_in])


def test_it_serves_what_is_posted_until_the_engine_is_gone() -> None:
    memory = shared_memory()
    ring = Ring(memory)
    os.close(memory)
    posts_out, posts_in = os.pipe()
    answers_out, answers_in = os.pipe()
    for number in range(3):
        ring.there(number)[:] = number + 1
    os.write(posts_in, b"...")
    os.close(posts_in)
    serve(Passage(load([PlugIn(name="Invert")]), 0), ring, posts_out, answers_in)
    assert os.read(answers_out, 10) == b"..."
    assert [float(ring.back(number)[0, 0]) for number in range(3)] == [-1.0, -2.0, -3.0]
    for descriptor in (posts_out, answers_out, answers_in):
        os.close(descriptor)
