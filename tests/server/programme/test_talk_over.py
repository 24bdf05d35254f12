"""A voice over the music: how far, how fast and how smoothly the music steps back."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, Samples, frames_of, silence
from server.programme.talk_over import ATTACK_SECONDS, HOLD_FRAMES, RELEASE_SECONDS, TalkOver
from server.track import Entry, Reason
from tests.server.virtual_station import track

DUCK_DB = -14.0


@dataclass
class Mouth:
    """Somebody with a microphone."""

    block: Samples = field(default_factory=lambda: silence(BLOCK_FRAMES))
    entry: Entry = field(default_factory=lambda: Entry("t", track("t"), Reason.LIVE))

    def says(self, amplitude: float) -> "Mouth":
        self.block = np.tile(amplitude * np.sin(np.arange(BLOCK_FRAMES) * (2 * np.pi * 500 / SAMPLE_RATE)), (2, 1)).astype(np.float32)
        return self


def music() -> Samples:
    return np.full((2, BLOCK_FRAMES), 0.5, np.float32)


def gains(talk_over: TalkOver, mouth: Mouth | None, seconds: float, voice: float = 0.0) -> Samples:
    """The music's gain, frame by frame, with a mouth that is heard by the gate alone."""
    heard = []
    for _ in range(frames_of(seconds) // BLOCK_FRAMES):
        block = talk_over.mix(music(), mouth)
        said = mouth.block if mouth and voice else silence(BLOCK_FRAMES)
        heard.append((block - said)[0] / 0.5)
    return np.concatenate(heard)


def test_with_nobody_there_the_music_passes_untouched() -> None:
    block = music()
    assert TalkOver(DUCK_DB).mix(block, None) is block


def test_the_music_is_down_in_time_stays_down_and_comes_back_slowly_without_a_step() -> None:
    talk_over, mouth = TalkOver(DUCK_DB), Mouth()
    gains(talk_over, mouth, 0.1)
    mouth.says(0.3)
    talk_over.mix(music(), mouth)  # his voice itself comes in over 20 ms
    down = gains(talk_over, mouth, 1.0, voice=1.0)
    nine_tenths = 10 ** (0.9 * DUCK_DB / 20)
    assert down[frames_of(ATTACK_SECONDS)] == pytest.approx(nine_tenths, rel=0.2)
    assert down[-1] == pytest.approx(10 ** (DUCK_DB / 20), rel=0.001)
    mouth.says(0.0)
    up = gains(talk_over, mouth, 3.0)
    assert np.all(np.abs(up[: HOLD_FRAMES - BLOCK_FRAMES] - down[-1]) < 0.001)
    back = int(np.argmax(up > 10 ** (0.1 * DUCK_DB / 20))) - HOLD_FRAMES
    assert back / SAMPLE_RATE == pytest.approx(RELEASE_SECONDS, abs=0.05)
    assert up[-1] == pytest.approx(1.0)
    curve = np.concatenate((down, up))
    assert np.abs(np.diff(curve)).max() < 0.002


def test_a_pause_between_words_and_a_breath_move_nothing() -> None:
    talk_over, mouth = TalkOver(DUCK_DB), Mouth()
    gains(talk_over, mouth, 0.1)
    assert np.all(gains(talk_over, mouth.says(0.004), 1.0, voice=1.0) == pytest.approx(1.0, abs=0.0001))
    gains(talk_over, mouth.says(0.3), 1.0)
    for _ in range(5):
        paused = gains(talk_over, mouth.says(0.0), 0.3)
        assert paused.max() < 10 ** ((DUCK_DB + 0.1) / 20)
        gains(talk_over, mouth.says(0.3), 0.1)
    assert talk_over.ducked_db == DUCK_DB


def test_who_leaves_is_faded_out_and_the_next_one_comes_in_beside_him() -> None:
    talk_over, first, second = TalkOver(DUCK_DB), Mouth().says(0.2), Mouth().says(0.2)
    heard = [talk_over.mix(silence(BLOCK_FRAMES), first) for _ in range(50)]
    heard += [talk_over.mix(silence(BLOCK_FRAMES), second) for _ in range(50)]
    heard += [talk_over.mix(silence(BLOCK_FRAMES), None) for _ in range(50)]
    sound = np.concatenate(heard, axis=1)
    steepest = 0.2 * 2 * np.pi * 500 / SAMPLE_RATE
    assert np.abs(np.diff(sound)).max() < 2.1 * steepest
    assert np.abs(sound[:, -BLOCK_FRAMES:]).max() == 0.0
