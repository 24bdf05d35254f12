import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples
from generation.procedural.hall import RATE, UNIT, add_hall, empty_send, reverberate, send_to, shimmer

FRAMES = 3 * SAMPLE_RATE


def sine(hz: float, frames: int = FRAMES, rate: int = SAMPLE_RATE) -> Samples:
    return np.tile(np.sin(2.0 * np.pi * hz * np.arange(frames) / rate), (2, 1)).astype(np.float32)


def stroke(rate: int) -> Samples:
    sound = np.zeros((2, 3 * rate), np.float32)
    sound[:, : rate // 100] = np.random.default_rng(0).standard_normal((2, rate // 100))
    return sound


def level_db(sound: Samples, seconds: float, rate: int) -> float:
    start = round(seconds * rate)
    return float(10.0 * np.log10(np.mean(sound[:, start : start + rate // 5] ** 2) + 1e-20))


@pytest.mark.parametrize(("hz", "gain_db", "within_db"), [(300.0, 0.0, 0.2), (5000.0, 0.0, 0.2), (9000.0, 0.0, 1.5)])
def test_what_is_sent_arrives_at_half_the_rate(hz: float, gain_db: float, within_db: float) -> None:
    send = empty_send(FRAMES)
    send_to(send, sine(hz), 0.5)
    level = 20.0 * np.log10(np.sqrt(2.0 * np.mean((send / UNIT) ** 2.0)) / 0.5)
    assert level == pytest.approx(gain_db, abs=within_db)


def test_what_would_fold_back_is_kept_out() -> None:
    send = empty_send(FRAMES)
    send_to(send, sine(18_000.0), 0.5)
    assert np.sqrt(np.mean((send / UNIT) ** 2.0)) < 0.5 * 10.0 ** (-40.0 / 20.0)


def test_what_several_send_is_summed_and_never_wraps_around() -> None:
    send = empty_send(FRAMES)
    for _ in range(12):
        send_to(send, np.full((2, FRAMES), 0.5, np.float32), 1.0)
    assert send.dtype == np.int16
    assert np.all(send[:, 10:-10] == 32_767)


@pytest.mark.parametrize("seconds", [1.0, 2.0])
def test_a_hall_falls_by_sixty_decibels_in_its_time(seconds: float) -> None:
    sound = stroke(RATE)
    reverberate(sound, seconds, 1.25, 18_000.0)
    fall = level_db(sound, 0.3, RATE) - level_db(sound, 0.3 + seconds / 2.0, RATE)
    assert fall == pytest.approx(30.0, abs=8.0)
    assert np.isfinite(sound).all()
    assert abs(np.corrcoef(sound[:, RATE // 10 : RATE * 6 // 10])[0, 1]) < 0.4


def test_its_answer_has_the_pitch_and_the_place_of_what_was_sent() -> None:
    send, mix = empty_send(FRAMES), np.zeros((2, FRAMES), np.float32)
    tone = sine(1000.0)
    tone[:, : SAMPLE_RATE // 2] = 0.0
    send_to(send, tone, 0.4)
    add_hall(mix, send, np.empty((2, FRAMES), np.float32), 1.5, 1.0, 6000.0, 0.5, 0.0)
    assert np.abs(mix[:, : SAMPLE_RATE // 2]).max() < 0.01
    power = np.abs(np.fft.rfft(mix[0, SAMPLE_RATE:] * np.hanning(FRAMES - SAMPLE_RATE))) ** 2
    hz = np.fft.rfftfreq(FRAMES - SAMPLE_RATE, 1.0 / SAMPLE_RATE)
    assert hz[int(np.argmax(power))] == pytest.approx(1000.0, abs=2.0)
    assert power[hz > 20_000.0].max() < 1e-4 * power.max()


@pytest.mark.parametrize("frames", [SAMPLE_RATE, SAMPLE_RATE + 1])
def test_a_hall_adds_to_what_is_there(frames: int) -> None:
    mix = np.full((2, frames), 0.25, np.float32)
    add_hall(mix, empty_send(frames), np.ones((2, frames), np.float32), 1.0, 1.0, 5000.0, 0.5, 0.4)
    assert np.all(mix == 0.25)


def test_a_shimmer_rises_by_octaves_and_fades() -> None:
    sound = sine(440.0, 3 * RATE, RATE)
    shimmer(sound, 0.5)
    power = np.abs(np.fft.rfft(sound[0, RATE:] * np.hanning(2 * RATE))) ** 2
    hz = np.fft.rfftfreq(2 * RATE, 1.0 / RATE)
    here, octave, double, between = (float(power[np.abs(hz - at) < 30.0].sum()) for at in (440.0, 880.0, 1760.0, 660.0))
    assert here > octave > double > 10.0 * between
    tail = stroke(RATE)
    shimmer(tail, 0.5)
    assert level_db(tail, 1.5, RATE) < level_db(tail, 0.1, RATE) - 12.0
