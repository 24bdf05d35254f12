"""The monitor's buffer between two clocks, and packets back into sound."""

import numpy as np

from dsp.block import Samples
from server.monitor import Monitor, MonitorBuffer
from tests.server.encoded import encoded
from tests.server.fake_station import MP3


def tone(frames: int, first: int = 0) -> Samples:
    wave = np.sin(np.arange(first, first + frames) * 0.05).astype(np.float32)
    return np.stack((wave, -wave))


def test_it_is_silent_until_enough_lies_ready_and_then_loses_nothing() -> None:
    buffer = MonitorBuffer(0.1)
    buffer.write(tone(4_000))
    assert not buffer.read(512).any()
    buffer.write(tone(4_000, 4_000))
    heard = np.concatenate([buffer.read(512) for _ in range(15)], axis=1)
    assert np.allclose(heard[:, 240:], tone(15 * 512)[:, 240:])
    assert abs(heard[:, 0]).max() == 0
    assert buffer.frames == 8_000 - 15 * 512


def test_when_it_runs_dry_it_ends_softly_and_waits_for_enough() -> None:
    buffer = MonitorBuffer(0.02)
    buffer.write(tone(1_000))
    heard = buffer.read(2_000)
    assert buffer.dry_total == 1
    assert abs(np.diff(heard[0])).max() < 0.1
    buffer.write(tone(500))
    assert not buffer.read(100).any()


def test_a_card_that_is_slow_is_brought_back_to_the_target() -> None:
    buffer = MonitorBuffer(0.02)
    for _ in range(50):
        buffer.write(tone(960))
    assert buffer.frames <= 3 * 960
    assert buffer.skipped_frames == 50 * 960 - buffer.frames


def test_packets_become_the_sound_that_was_encoded() -> None:
    rendition, packets = encoded("opus", 1.0)
    heard: list[Samples] = []
    monitor = Monitor(heard.append)
    monitor.packets(MP3, 1, 0, list(packets[:5]))
    monitor.packets(rendition, 1, 0, list(packets[:20]))
    monitor.packets(rendition, 1, 20 * 960, [*packets[20:25], b"\xff\xff"])
    sound = np.concatenate(heard, axis=1)
    assert sound.dtype == np.float32
    assert sound.shape[0] == 2
    assert 24 * 960 <= sound.shape[1] <= 26 * 960
    assert np.sqrt(np.mean(sound[0, 4_800:] ** 2)) > 0.1
