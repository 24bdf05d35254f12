"""The sounds that the tests of this room listen to: float32 [2, frames], made by formula, the same at every run."""

from functools import cache

import numpy as np

from dsp.block import SAMPLE_RATE, Samples, frames_of, silence


def sine(hz: float, seconds: float, db: float, degrees: float = 0.0) -> Samples:
    """The same in both channels; `db` is that of its peak."""
    turn = 2.0 * np.pi * hz * np.arange(frames_of(seconds)) / SAMPLE_RATE
    return stereo(10.0 ** (db / 20.0) * np.sin(turn + np.radians(degrees)))


def steps(*parts: tuple[float, float], hz: float = 1000.0) -> Samples:
    """A sine through (seconds, dBFS) one after another, without a break in its phase."""
    frames = [frames_of(seconds) for seconds, _ in parts]
    gains = np.repeat([10.0 ** (db / 20.0) for _, db in parts], frames)
    period = np.sin(2.0 * np.pi * hz * np.arange(SAMPLE_RATE // 10) / SAMPLE_RATE)
    return stereo(np.resize(period, gains.size) * gains)


def stereo(channel: np.ndarray) -> Samples:
    return np.tile(channel.astype(np.float32), (2, 1))


def padded(sound: Samples, seconds: float = 0.1) -> Samples:
    """Between silence and silence, so that an interpolation does not meet a cut that is not in the sound."""
    pause = silence(frames_of(seconds))
    return np.concatenate((pause, sound, pause), axis=1)


def in_blocks(process: object, sound: Samples, frames: int) -> Samples:
    """`process` (a callable of a block) over `sound`, block by block; the last block may be short."""
    assert callable(process)
    return np.concatenate([process(sound[:, start : start + frames]) for start in range(0, sound.shape[1], frames)], axis=1)


def rms_db(sound: np.ndarray) -> float:
    return 10.0 * float(np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-20))


@cache
def music(seconds: float = 10.0, seed: int = 0) -> Samples:
    """Chords, bass, kick, hats and a bed of noise; about -20 LUFS, peaks below -4 dBFS. Every onset is ramped: nothing in it clicks."""
    random = np.random.default_rng(seed)
    time = np.arange(frames_of(seconds)) / SAMPLE_RATE
    beat = 60.0 / random.uniform(90.0, 130.0)
    sound = np.zeros((2, time.size))
    for voice, semitone in enumerate((0, 3, 7, 12, -12)):
        hz = 196.0 * 2.0 ** (semitone / 12.0)
        phase = 2.0 * np.pi * hz * time + random.uniform(0.0, 6.0)
        tone = sum(np.sin(k * phase) / k**1.3 for k in (1, 2, 3, 5))
        swell = 0.6 + 0.4 * np.sin(2.0 * np.pi * time / (4.0 * beat) + voice)
        sound += 0.05 * swell * tone * np.array([[0.5 + 0.1 * voice], [0.9 - 0.1 * voice]])
    since = time % beat
    kick = np.sin(2.0 * np.pi * (48.0 * since + 5.0 * (1.0 - np.exp(-since / 0.04)))) * np.exp(-since / 0.09) * _rise(since / 0.008)
    sound += 0.45 * kick * _rise((beat - since) / 0.05)
    since = (time + beat / 2.0) % beat
    noise = random.standard_normal((2, time.size + 1))
    hat = np.diff(noise) * np.exp(-since / 0.03) * _rise(since / 0.010) * _rise((beat - since) / 0.02)
    return (sound + 0.05 * hat + 0.003 * noise[:, 1:]).astype(np.float32)


def _rise(x: np.ndarray) -> np.ndarray:
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(x, 0.0, 1.0))


@cache
def hostile(seconds: float = 2.0) -> dict[str, Samples]:
    """What breaks limiters: full of peaks between the samples, far over full scale, all of a sudden."""
    random = np.random.default_rng(1)
    frames = frames_of(seconds)
    time = np.arange(frames) / SAMPLE_RATE
    impulses = np.zeros((2, frames), np.float32)
    impulses[:, ::4801] = 4.0
    impulses[0, 1::4801] = -4.0
    alternating = np.resize([1.0, 1.0, -1.0, -1.0], frames)
    alternating[frames // 2 :] *= -1.0
    swept = np.cumsum(20.0 * 1000.0 ** (time / time[-1])) / SAMPLE_RATE
    bursts = np.where(time % 0.5 < 0.02, 8.0 * np.sin(2.0 * np.pi * 11_025.0 * time), 0.1 * music(seconds)[0])
    return {
        "a quarter of the rate, between the samples": sine(SAMPLE_RATE / 4, seconds, 6.0, 45.0),
        "white noise": random.standard_normal((2, frames)).astype(np.float32),
        "square": stereo(2.0 * np.sign(np.sin(2.0 * np.pi * 997.0 * time))),
        "pairs of impulses": impulses,
        "music, 18 dB too high": 8.0 * music(seconds),
        "random signs, three samples each": np.repeat(random.choice([-2.0, 2.0], (2, frames // 3)), 3, axis=1).astype(np.float32),
        "sweep": np.stack((4.0 * np.sin(2.0 * np.pi * swept), -4.0 * np.sin(2.0 * np.pi * swept))).astype(np.float32),
        "bursts on quiet": stereo(bursts),
        "two up, two down": stereo(alternating),
        "close to half the rate": sine(23_300.0, seconds, 12.0),
    }
