"""What the child says of files, asked without its sandbox: files in memory, made by the formula."""

import io
import os
import wave

import numpy as np
import pytest
from numpy.typing import ArrayLike

from server.intake.intake_child import Task, decode
from server.intake.prepared import Spool
from server.intake.untrusted import UnplayableError, UntrustedFile


def wav(samples: ArrayLike, rate: int = 48_000) -> io.BytesIO:
    """16 bits, samples [frames, channels] within [-1, 1]."""
    data = np.asarray(samples)
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(data.shape[1])
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(np.rint(data * 32767).astype("<i2").tobytes())
    file.seek(0)
    return file


def tone(seconds: float, level: float = 0.5, rate: int = 48_000, channels: int = 2) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    sine = level * np.sin(2 * np.pi * 1000 * np.arange(round(seconds * rate)) / rate)
    return np.repeat(sine[:, None], channels, axis=1)


def task(shortest_seconds: int = 1, longest_seconds: int = 10) -> Task:
    return Task(os.getppid(), -1, -1, shortest_seconds, longest_seconds, 0, 0)


def test_reports_what_it_decoded() -> None:
    report = decode(wav(tone(2.0, rate=44_100), 44_100), Spool(-1, -1), task())
    assert report["frames"] == 96_000
    assert report["peak_dbfs"] == pytest.approx(-6.02, abs=0.05)
    said = [report[key] for key in ("container", "codec", "sample_rate", "channels")]
    assert said == ["wav", "pcm_s16le", 44_100, 2]


@pytest.mark.parametrize(
    ("seconds", "level", "reason"),
    [
        (0.9, 0.5, "only 0.90 s"),
        (2.0, 0.0005, "is silent"),
        (2.0, 0.0, "is silent"),
        (12.0, 0.5, "longer than"),
        (25.0, 0.5, "minutes long"),
    ],
)
def test_refuses_what_is_too_short_too_long_or_silent(seconds: float, level: float, reason: str) -> None:
    with pytest.raises(UnplayableError, match=reason):
        decode(wav(tone(seconds, level)), Spool(-1, -1), task())


def test_takes_the_shortest_and_the_longest() -> None:
    assert decode(wav(tone(1.0)), Spool(-1, -1), task())["frames"] == 48_000
    assert decode(wav(tone(10.0)), Spool(-1, -1), task())["frames"] == 480_000


@pytest.mark.parametrize(("rate", "channels"), [(7_999, 2), (192_001, 2), (48_000, 9)])
def test_refuses_odd_forms(rate: int, channels: int) -> None:
    with pytest.raises(UnplayableError, match="allowed are"):
        decode(wav(tone(1.5, rate=rate, channels=channels), rate), Spool(-1, -1), task())


def test_refuses_a_codec_that_is_not_on_the_list() -> None:
    mu_law = bytearray(wav(tone(2.0)).getvalue())
    mu_law[20:22] = (7).to_bytes(2, "little")
    mu_law[34:36] = (8).to_bytes(2, "little")
    mu_law[32:34] = (2).to_bytes(2, "little")
    with pytest.raises(UnplayableError, match="coded as pcm_mulaw"):
        UntrustedFile(io.BytesIO(mu_law))


def test_refuses_a_container_that_is_not_on_the_list() -> None:
    au = (
        b".snd"
        + (24).to_bytes(4, "big")
        + (96_000).to_bytes(4, "big")
        + (3).to_bytes(4, "big")
        + (48_000).to_bytes(4, "big")
        + (1).to_bytes(4, "big")
    )
    with pytest.raises(UnplayableError, match="is of a kind that is not allowed"):
        UntrustedFile(io.BytesIO(au + bytes(96_000)))
