"""What the visualiser hears: of the very position, on the station's grid, whatever comes over the wire."""

import numpy as np
import pytest

from dsp.spectrum import SpectrumAnalyser, band_edges_hz
from server.video.canvas import PICTURE_FRAMES
from server.video.waveform import WAVE_POINTS, Heard, Hearing, steadied
from tests.server.decoding import decoded
from tests.server.encoded import encoded

AAC, PACKETS = encoded("aac", 3.0)
START = 1_000 * AAC.packet_frames


def heard_of(hearing: Hearing, packets: list[bytes], position: int = START, sitting: int = 1, at_once: int = 7) -> list[Heard]:
    return [
        heard
        for first in range(0, len(packets), at_once)
        for heard in hearing.take(AAC, sitting, position + first * AAC.packet_frames, packets[first : first + at_once])
    ]


def test_pictures_lie_on_the_grid_and_follow_one_another() -> None:
    positions = [heard.position for heard in heard_of(Hearing(), list(PACKETS))]
    first = -(-START // PICTURE_FRAMES) * PICTURE_FRAMES
    assert positions == list(range(first, START + len(PACKETS) * AAC.packet_frames - PICTURE_FRAMES + 1, PICTURE_FRAMES))


@pytest.mark.parametrize("at_once", [1, 7, 1_000])
def test_how_packets_are_bundled_changes_nothing(at_once: int) -> None:
    one, other = heard_of(Hearing(), list(PACKETS)), heard_of(Hearing(), list(PACKETS), at_once=at_once)
    assert all((a.wave == b.wave).all() and (a.past == b.past).all() for a, b in zip(one, other, strict=True))


def test_wave_and_spectrum_are_of_that_position() -> None:
    sound = decoded(AAC, list(PACKETS))
    analyser = SpectrumAnalyser()
    spectra = {int.from_bytes(frame[:8], "little"): frame for frame in analyser.feed(sound, START)}
    for heard in heard_of(Hearing(), list(PACKETS))[20:60]:
        here = heard.position - START
        middle = sound[:, here : here + PICTURE_FRAMES].mean(0)
        assert np.allclose(heard.wave, steadied(middle), atol=1e-6)
        frame = np.frombuffer(spectra[heard.position + PICTURE_FRAMES], np.uint8, offset=8)
        assert np.allclose(heard.bands * 255, frame[:64], atol=1.01)


def test_a_tone_shows_in_its_band() -> None:
    bands = heard_of(Hearing(), list(PACKETS))[60].bands
    edges = band_edges_hz()
    assert edges[int(np.argmax(bands))] <= 660 * 1.02
    assert edges[int(np.argmax(bands)) + 1] >= 440 * 0.98


def test_the_past_is_what_was_heard() -> None:
    heard = heard_of(Hearing(), list(PACKETS))
    assert (heard[50].past[-11] == heard[40].bands).all()
    assert not heard[10].past[:-11].any()


@pytest.mark.parametrize("jump", [5 * 1_024, 48_000 * 1_024, -20 * 1_024])
def test_behind_a_hole_it_listens_anew(jump: int) -> None:
    hearing = Hearing()
    before = heard_of(hearing, list(PACKETS[:30]))
    place = START + 30 * AAC.packet_frames + jump
    after = heard_of(hearing, list(PACKETS[30:60]), place)
    assert after[0].position == -(-place // PICTURE_FRAMES) * PICTURE_FRAMES
    assert before[-1].past[-2].any()
    assert not after[0].past[:-1].any()


def test_a_new_sitting_is_heard_anew() -> None:
    hearing = Hearing()
    heard_of(hearing, list(PACKETS[:30]))
    after = heard_of(hearing, list(PACKETS[30:60]), START + 30 * AAC.packet_frames, sitting=2)
    assert not after[0].past[:-1].any()


def test_what_is_no_sound_is_a_hole() -> None:
    hearing = Hearing()
    heard_of(hearing, list(PACKETS[:30]))
    place = START + 30 * AAC.packet_frames
    hearing.take(AAC, 1, place, [b"\xff\x00 this is not aac" * 9])
    after = heard_of(hearing, list(PACKETS[31:60]), place + AAC.packet_frames)
    assert len(after) >= 17


def test_a_steady_tone_stands_still() -> None:
    tone = np.sin(2 * np.pi * 187.5 * np.arange(10 * PICTURE_FRAMES) / 48_000).astype(np.float32)
    waves = [steadied(tone[start : start + PICTURE_FRAMES]) for start in range(0, tone.size, PICTURE_FRAMES)]
    assert all(wave.shape == (WAVE_POINTS,) for wave in waves)
    assert max(np.abs(wave - waves[0])[16:].max() for wave in waves) < 0.04
