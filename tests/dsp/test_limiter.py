import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples, frames_of, silence
from dsp.limiter import TruePeakLimiter, limit
from dsp.settings import LimiterSettings
from dsp.true_peak import true_peak_dbtp
from tests.dsp.sounds import hostile, in_blocks, music, padded, rms_db, sine


def limited(sound: Samples, frames: int = 960, ceiling_dbtp: float = -1.0) -> Samples:
    return in_blocks(TruePeakLimiter(LimiterSettings(ceiling_dbtp)).process, sound, frames)


def seeded(seed: int) -> Samples:
    """Noise of a seed's own kind, level and bandwidth: a second of it, far over full scale in places."""
    random = np.random.default_rng(seed)
    frames = SAMPLE_RATE
    kinds = (
        random.standard_normal((2, frames)),
        random.choice([-1.0, 1.0], (2, frames)),
        np.tile(random.choice([-1.0, 1.0], frames), (2, 1)),
        np.repeat(random.uniform(-1.0, 1.0, (2, frames // 4)), 4, axis=1),
        np.tile(np.sin(2.0 * np.pi * random.uniform(5_000.0, 23_900.0) / SAMPLE_RATE * np.arange(frames)), (2, 1)),
    )
    level = 10.0 ** (random.uniform(-3.0, 24.0) / 20.0)
    envelope = np.repeat(random.uniform(0.05, 1.0, 50), frames // 50)
    return np.asarray(kinds[seed % len(kinds)] * level * envelope, np.float32)


@pytest.mark.parametrize("name", hostile())
def test_holds_the_ceiling_between_the_samples(name: str) -> None:
    assert true_peak_dbtp(limited(padded(hostile()[name])), 16) <= -1.0


@pytest.mark.parametrize("seed", range(20))
def test_holds_the_ceiling_on_noise_of_every_kind(seed: int) -> None:
    assert true_peak_dbtp(limited(padded(seeded(seed))), 16) <= -1.0


@pytest.mark.real
def test_holds_the_ceiling_on_three_hundred_more_seeds() -> None:
    assert max(true_peak_dbtp(limited(padded(seeded(seed))), 16) for seed in range(20, 320)) <= -1.0


def test_adds_five_milliseconds() -> None:
    assert TruePeakLimiter(LimiterSettings()).latency_frames == 240


@pytest.mark.parametrize("ceiling_dbtp", [-3.0, -2.0])
def test_holds_other_ceilings_and_uses_them(ceiling_dbtp: float) -> None:
    peak = true_peak_dbtp(limited(padded(hostile()["music, 18 dB too high"]), ceiling_dbtp=ceiling_dbtp), 16)
    assert ceiling_dbtp - 0.5 <= peak <= ceiling_dbtp


def test_below_the_ceiling_every_bit_comes_out_after_the_latency() -> None:
    sound = music(3.0)
    latency = TruePeakLimiter(LimiterSettings()).latency_frames
    output = limited(np.concatenate((sound, silence(latency)), axis=1))
    assert np.array_equal(output[:, latency:], sound)
    assert not output[:, :latency].any()


@pytest.mark.parametrize("frames", [100, 65_536, 65_536 - 240, 150_001])
def test_a_whole_sound_is_limited_in_place_as_on_air(frames: int) -> None:
    sound = np.resize(hostile()["music, 18 dB too high"], (2, frames)).astype(np.float32)
    latency = TruePeakLimiter(LimiterSettings(-1.0)).latency_frames
    wanted = limited(np.concatenate((sound, silence(latency)), axis=1), ceiling_dbtp=-1.0)[:, latency:]
    limit(sound, -1.0)
    assert np.array_equal(sound, wanted)


def test_returns_to_every_bit_after_a_peak() -> None:
    sound = 0.5 * music(4.0)
    sound[:, 1000] = 3.0
    latency = TruePeakLimiter(LimiterSettings()).latency_frames
    output = limited(sound)
    assert np.array_equal(output[:, -SAMPLE_RATE:], sound[:, -SAMPLE_RATE - latency : -latency])


@pytest.mark.parametrize("name", ["music, 18 dB too high", "white noise", "bursts on quiet"])
def test_the_sound_does_not_depend_on_the_length_of_a_block(name: str) -> None:
    sound = hostile()[name][:, : frames_of(1.0)]
    whole = limited(sound)
    assert np.array_equal(limited(sound, 64), whole)
    assert np.array_equal(limited(sound, 480), whole)
    assert np.array_equal(limited(sound, 48_000), whole)


@pytest.mark.parametrize("hz", [50.0, 100.0, 1000.0])
def test_does_not_bend_a_tone_it_holds_down(hz: float) -> None:
    """THD+N at 6 dB of limiting."""
    output = limited(sine(hz, 3.0, 5.0))[0, -SAMPLE_RATE:].astype(np.float64)
    turn = 2.0 * np.pi * hz * np.arange(SAMPLE_RATE) / SAMPLE_RATE
    tone = 2.0 * np.mean(output * np.exp(-1j * turn))
    assert rms_db(output - np.real(tone * np.exp(1j * turn))) - rms_db(output) < -80.0


@pytest.mark.parametrize("poison", [np.nan, np.inf, -np.inf, np.float32(3e38)])
def test_what_is_no_sound_never_comes_out(poison: float) -> None:
    sound = music(1.0).copy()
    sound[:, 20_000:20_003] = poison
    output = limited(padded(sound))
    assert np.isfinite(output).all()
    assert true_peak_dbtp(output, 16) <= -1.0
    assert rms_db(output[:, -20_000:-10_000]) > -40.0


def test_says_how_far_it_turned_down_and_how_high_it_let_rise() -> None:
    limiter = TruePeakLimiter(LimiterSettings())
    quiet = 0.1 * music(1.0)
    in_blocks(limiter.process, quiet, 960)
    assert limiter.gain_reduction_db == 0.0
    in_blocks(limiter.process, sine(997.0, 1.0, 11.0), 960)
    assert limiter.gain_reduction_db == pytest.approx(12.2, abs=0.2)
    assert limiter.true_peak_dbtp == pytest.approx(-1.2, abs=0.1)


def test_silence_stays_silence() -> None:
    assert not limited(silence(4800)).any()


@pytest.mark.parametrize("name", ["music, 18 dB too high", "white noise", "square"])
def test_holds_the_higher_ceiling_while_it_moves(name: str) -> None:
    limiter, sound = TruePeakLimiter(LimiterSettings(-1.0)), hostile()[name]
    pieces = [padded(sound[:, :24_000])[:, :-4800], sound[:, 24_000:72_000], padded(sound[:, 72_000:])[:, 4800:]]
    output = [limiter.process(pieces[0])]
    limiter.change(LimiterSettings(-6.0, release_ms=20.0))
    output.append(limiter.process(pieces[1]))
    limiter.change(LimiterSettings(-3.0, release_ms=1000.0))
    output.append(limiter.process(pieces[2]))
    assert true_peak_dbtp(np.concatenate(output, axis=1), 16) <= -1.0
    assert true_peak_dbtp(output[1][:, 24_000:], 16) <= -5.9
    assert true_peak_dbtp(padded(output[2][:, 12_000:]), 16) <= -2.5


def test_bypassed_it_delays_every_bit_and_holds_nothing() -> None:
    limiter, sound = TruePeakLimiter(LimiterSettings(bypass=True)), 8.0 * music(1.0)
    output = limiter.process(sound)
    assert np.array_equal(output[:, limiter.latency_frames :], sound[:, : -limiter.latency_frames])
    assert limiter.gain_reduction_db == 0.0
