"""A worker that lies: every lie has its sentence, and none becomes a take."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from dsp.block import Samples
from generation.remote.checking import check_told, take_of
from generation.remote.errors import Untrue
from generation.remote.options import Permit
from generation.remote.shapes import ErrandTold, Format, LicenceWritten, State, TakeWritten, written_take
from generation.remote.wav import written_wav
from tests.generation.remote import far_worker
from tests.generation.remote.far_worker import BRIEF, hum

HONEST = written_wav(hum(), 48_000)
TOLD = written_take(BRIEF, far_worker.take_of(BRIEF), HONEST, Format.WAV)
NON_COMMERCIAL = LicenceWritten("CC-BY-NC-4.0", commercial_ok=False)


def changed(**values: object) -> TakeWritten:
    return msgspec.structs.replace(TOLD, **values)


def of(sound: bytes, **values: object) -> tuple[TakeWritten, bytes]:
    """A sound told of truthfully, but for `values`."""
    return changed(bytes=len(sound), sha256=hashlib.sha256(sound).hexdigest(), **values), sound


def check(*takes: TakeWritten, permit: Permit | None = None) -> None:
    check_told(ErrandTold(BRIEF.id, State.DONE, takes=takes), [BRIEF], [Format.WAV], permit or Permit())


def taken(told: TakeWritten, packed: bytes, unpack: Callable[[bytes], Samples] | None = None) -> Samples:
    return take_of(BRIEF, told, packed, unpack, "gpu.example").samples


def test_the_truth_passes() -> None:
    check(TOLD)
    check(changed(licence=LicenceWritten("MIT", commercial_ok=True)), permit=Permit(monetised=True))
    take = take_of(BRIEF, TOLD, HONEST, None, "gpu.example")
    assert (take.title, take.artist, take.bpm, take.key, take.brief) == ("Far Tone", "Distant Machine", 124.0, "A minor", BRIEF)
    assert take.samples.shape == (2, 48_000 * 30)
    assert take.provenance == {
        "backend": "remote",
        "worker": "gpu.example",
        "seed": "7",
        "revision": "3",
        "made_backend": "far",
        "made_revision": "3",
    }


@pytest.mark.parametrize(
    ("takes", "words"),
    [
        ((), "0 takes of 1 briefs"),
        ((TOLD, TOLD), "2 takes of 1 briefs"),
        ((changed(brief="0" * 16),), "another brief"),
        ((changed(format=Format.FLAC),), "packed a sound as flac"),
        ((changed(frames=12 * 48_000),), "12.0 s long; 30 s were asked for"),
        ((changed(rate=8_000),), "180.0 s long"),
        ((changed(bytes=20_000_000),), "bytes; 30 s of it have"),
    ],
)
def test_what_is_not_what_was_asked_for(takes: tuple[TakeWritten, ...], words: str) -> None:
    with pytest.raises(Untrue, match=words):
        check(*takes)


@pytest.mark.parametrize(
    ("licence", "permit"),
    [
        (NON_COMMERCIAL, Permit(monetised=True)),
        (LicenceWritten("Community", commercial_ok=True, revenue_cap_dollars=1_000_000), Permit(monetised=True, revenue_dollars=1_000_001)),
    ],
)
def test_what_this_station_may_not_air(licence: LicenceWritten, permit: Permit) -> None:
    check(changed(licence=licence))
    with pytest.raises(Untrue, match="may not be aired"):
        check(changed(licence=licence), permit=permit)


def test_a_sound_that_is_not_the_one_it_told_of() -> None:
    with pytest.raises(Untrue, match="bytes, and not"):
        taken(TOLD, HONEST[:-4])
    with pytest.raises(Untrue, match="checksum"):
        taken(TOLD, HONEST[:-1] + bytes([HONEST[-1] ^ 1]))


@pytest.mark.parametrize(
    ("sound", "words"),
    [
        (written_wav(hum(3.0), 48_000), "lasts 3.0 s, and not 30.0 s"),
        (written_wav(hum(), 32_000), "lasts 45.0 s"),
        (b"ID3 what an MP3 begins with", "no WAV"),
        (written_wav(np.where(hum() > 0.199, np.float32(np.nan), hum()), 48_000), "no numbers"),
        (written_wav(np.where(hum() > 0.199, np.float32(math.inf), hum()), 48_000), "no numbers"),
        (written_wav(hum(level=1e30), 48_000), "louder than any music"),
    ],
)
def test_a_sound_that_is_none(sound: bytes, words: str) -> None:
    with pytest.raises(Untrue, match=words):
        taken(*of(sound))


def test_another_rate_and_one_channel_become_the_house_s() -> None:
    sound = hum()[:1, ::2].copy()
    made = taken(*of(written_wav(sound, 24_000), frames=30 * 24_000, rate=24_000))
    assert made.shape == (2, 48_000 * 30)
    assert np.array_equal(made[0], made[1])


def test_flac_goes_where_it_can_be_opened() -> None:
    opened: list[bytes] = []

    def unpack(packed: bytes) -> Samples:
        opened.append(packed)
        return hum()

    taken(*of(b"fLaC", format=Format.FLAC), unpack)
    assert opened == [b"fLaC"]


def test_its_words_are_cut_and_cleaned_and_its_nonsense_is_replaced() -> None:
    told = changed(title="\x1b[31m" + "x" * 300, artist=" \n ", key="H flat", bpm=None, provenance={"back\nend": "a\x07b", "worker": "me"})
    take = take_of(BRIEF, told, HONEST, None, "gpu.example")
    assert take.title == "[31m" + "x" * 115
    assert take.artist
    assert take.artist != " \n "
    assert (take.key, take.bpm) == ("A minor", 124.0)
    assert take.provenance["worker"] == "gpu.example"
    assert take.provenance["made_worker"] == "me"
    assert take_of(replace(BRIEF, bpm=None, key=None), told, HONEST, None, "x").key == ""
