"""What a sound engineer's bench reads off a sound: peaks between the samples, response, distortion, what lies above a frequency, balance.

None of it shares code with what it judges: transforms and filters are scipy's, and every point is computed (to 0.0001 dB). Sound is
[2, frames] at 48 kHz; a process is whatever makes sound of sound of the same length.
"""

from collections.abc import Callable
from functools import cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.fft import fft, irfft, next_fast_len, rfft
from scipy.signal import firwin

from dsp.block import SAMPLE_RATE, Samples

Process: TypeAlias = Callable[[Samples], Samples]
Channel: TypeAlias = NDArray[np.float64]

OVERSAMPLING: Final = 16
REACH: Final = 48
"""Frames on either side of a point that the interpolation looks at."""
PIECE_FRAMES: Final = 96_000
FLOOR_DB: Final = -200.0
THIRDS_HZ: Final = 1000.0 * 2.0 ** (np.arange(-14, 13) / 3.0)
"""The centres of 27 bands of a third of an octave, 39 Hz to 16 kHz."""


def decibels(amplitude: float) -> float:
    """Of an amplitude; FLOOR_DB for nothing."""
    return max(FLOOR_DB, 20.0 * float(np.log10(amplitude))) if amplitude > 0.0 else FLOOR_DB


def sample_peak_dbfs(sound: Samples) -> float:
    """The highest sample."""
    return decibels(float(np.abs(sound).max(initial=0.0)))


@cache
def _interpolator(length: int) -> NDArray[np.complex64]:
    """The spectrum of the interpolating FIR (Kaiser-windowed, REACH frames on either side), for `length` frames of sound."""
    taps = firwin(2 * REACH * OVERSAMPLING + 1, 1.0 / OVERSAMPLING, window=("kaiser", 9.0)) * OVERSAMPLING
    return np.asarray(rfft(taps, length * OVERSAMPLING), np.complex64)


def true_peak_dbtp(sound: Samples) -> float:
    """The highest of sixteen points a sample, between silence and silence, in the way of BS.1770-5 annex 2 with a far longer filter."""
    highest = 0.0
    length = next_fast_len(min(PIECE_FRAMES, sound.shape[1]) + 4 * REACH, real=True)
    for start in range(0, sound.shape[1], PIECE_FRAMES):
        first, last = max(0, start - REACH), min(sound.shape[1], start + PIECE_FRAMES + REACH)
        # The filter is late by REACH frames. What the cut of an inner piece makes by itself is its neighbour's to judge.
        begin = 0 if first == 0 else 2 * REACH
        end = last - first + 2 * REACH if last == sound.shape[1] else start + PIECE_FRAMES - first + REACH
        for channel in sound[:, first:last].astype(np.float32):
            images = np.resize(fft(channel, length), length * OVERSAMPLING // 2 + 1)
            points = irfft(images * _interpolator(length), length * OVERSAMPLING)
            highest = max(highest, float(np.abs(points[begin * OVERSAMPLING : end * OVERSAMPLING]).max()))
    return decibels(highest)


def ideal_peak_dbtp(sound: Samples) -> float:
    """As an ideal converter would make it, whose sinc never ends: stricter just below half the rate. For sounds of seconds."""
    length = next_fast_len(sound.shape[1] + 2 * REACH, real=True)
    spectra = [rfft(channel, length) for channel in sound.astype(np.float32)]
    return decibels(max(float(np.abs(irfft(lines, length * OVERSAMPLING)).max()) * OVERSAMPLING for lines in spectra))


def impulse_response(process: Process, seconds: float = 2.0, amplitude: float = 0.1, delay_seconds: float = 0.25) -> Channel:
    """What comes of one sample in both channels, scaled to it, from the sample on; float64 [frames]."""
    sound = np.zeros((2, round(seconds * SAMPLE_RATE)), np.float32)
    at = round(delay_seconds * SAMPLE_RATE)
    sound[:, at] = amplitude
    return np.asarray(process(sound)[0, at:].astype(np.float64) / amplitude)


def response_db(impulse: Channel, low_hz: float = 30.0, high_hz: float = 18_000.0) -> tuple[Channel, Channel]:
    """(frequencies, magnitude in dB) of an impulse response within the borders."""
    length = 1 << 17
    lines = 20.0 * np.log10(np.abs(rfft(impulse, length)) + 1e-12)
    hz = _frequencies(length)
    within = (hz >= low_hz) & (hz <= high_hz)
    return hz[within], lines[within]


def delay_frames(impulse: Channel, low_hz: float = 1_000.0, high_hz: float = 8_000.0) -> float:
    """The group delay, weighed by energy within the borders: where filters that bend the phase of the edges do not reach."""
    length = 1 << 17
    lines = rfft(impulse, length)
    ramped = rfft(impulse * np.arange(impulse.size), length)
    hz = _frequencies(length)
    within = (hz >= low_hz) & (hz <= high_hz)
    power = np.abs(lines[within]) ** 2
    return float(np.sum(np.real(ramped[within] * np.conj(lines[within]))) / np.sum(power))


def residue_db(channel: Channel, tones_hz: tuple[float, ...]) -> float:
    """Everything but the tones, relative to them, in dB: THD+N for one tone. `channel` holds whole periods of each."""
    turns = 2.0 * np.pi * np.outer(tones_hz, np.arange(channel.size)) / SAMPLE_RATE
    basis = np.concatenate((np.cos(turns), np.sin(turns), np.ones((1, channel.size))))
    share, *_ = np.linalg.lstsq(basis.T, channel, rcond=None)
    tones = share @ basis
    return decibels(float(np.std(channel - tones))) - decibels(float(np.std(tones)))


def lines_dbfs(channel: Channel) -> tuple[Channel, Channel]:
    """(frequencies, level) of the spectrum's lines: a sine of amplitude 1 reads 0. Blackman-Harris of four terms (-92 dB beside)."""
    turn = 2.0 * np.pi * np.arange(channel.size) / channel.size
    window = 0.35875 - 0.48829 * np.cos(turn) + 0.14128 * np.cos(2 * turn) - 0.01168 * np.cos(3 * turn)
    lines = 2.0 * np.abs(rfft(channel * window)) / window.sum()
    return _frequencies(channel.size), np.asarray(20.0 * np.log10(lines + 1e-12))


@cache
def _high_pass(hz: float) -> Channel:
    """An FIR that stops what is 1 kHz below `hz` by more than 160 dB."""
    return np.asarray(firwin(1201, hz - 500.0, window=("kaiser", 16.0), pass_zero=False, fs=SAMPLE_RATE))


def highest_above_dbfs(sound: Samples, hz: float = 5_000.0) -> float:
    """The highest sample of what lies above `hz`; the first and the last 600 frames are not judged."""
    taps = _high_pass(hz)
    channels = sound.astype(np.float64)
    length = next_fast_len(channels.shape[1] + taps.size, real=True)
    filtered = irfft(rfft(channels, length) * rfft(taps, length), length)[:, taps.size : channels.shape[1]]
    return decibels(float(np.abs(filtered).max(initial=0.0)))


def thirds_db(sound: Samples) -> Channel:
    """The long-term level of each of THIRDS_HZ, both channels together, in dB."""
    frames = 16_384
    window = np.hanning(frames)
    power = np.zeros(frames // 2 + 1)
    for channel in sound.astype(np.float64):
        for start in range(0, channel.size - frames + 1, frames // 2):
            power += np.abs(rfft(channel[start : start + frames] * window)) ** 2
    hz = _frequencies(frames)
    edge = 2.0 ** (1.0 / 6.0)
    levels = [power[(hz >= centre / edge) & (hz < centre * edge)].sum() for centre in THIRDS_HZ]
    return np.asarray(10.0 * np.log10(np.array(levels) + 1e-12))


def crest_db(sound: Samples) -> float:
    """From the RMS of both channels to the highest sample."""
    return sample_peak_dbfs(sound) - decibels(float(np.sqrt(np.mean(np.square(sound, dtype=np.float64)))))


def correlation(sound: Samples) -> float:
    """Of left and right over the whole: 1 is mono, -1 is lost in mono."""
    left, right = sound.astype(np.float64)
    power = float(np.sqrt(np.sum(left**2) * np.sum(right**2)))
    return float(np.sum(left * right)) / power if power else 1.0


def mono_loss_db(sound: Samples) -> float:
    """How much power is lost when both channels become one; 0 for what is mono, 3 for what has nothing in common."""
    left, right = sound.astype(np.float64)
    together = float(np.sum(left**2) + np.sum(right**2)) / 2.0
    mono = float(np.sum((0.5 * (left + right)) ** 2))
    return 10.0 * float(np.log10(together / mono)) if mono > 0.0 else -FLOOR_DB


def _frequencies(frames: int) -> Channel:
    """Of the lines of a real transform of that length."""
    return np.asarray(np.fft.rfftfreq(frames, 1.0 / SAMPLE_RATE), np.float64)
