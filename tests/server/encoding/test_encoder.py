import numpy as np
import pytest

from dsp.block import Samples
from server.clock import PART_FRAMES
from server.encoding.encoder import Encoder, rendition_of
from server.encoding.ladder import LADDER, Recipe
from tests.server.decoding import decoded, distance_db
from tests.server.timeline import tone

WRAP = 2**32 // PART_FRAMES * PART_FRAMES
"""The part in which a 32-bit count of frames would turn over."""


def encode(recipe: Recipe, start: int, sound: Samples, step: int = PART_FRAMES) -> tuple[int, list[bytes]]:
    """All packets of `sound`, fed in pieces, and the position of the first."""
    encoder = Encoder(recipe, start)
    first, packets = None, []
    for at in range(0, sound.shape[1], step):
        position, made = encoder.feed(sound[:, at : at + step])
        if made:
            expected = position if first is None else first + len(packets) * recipe.packet_frames
            assert position == expected
            first = position if first is None else first
            packets += made
    assert first is not None
    return first, packets


def music(start: int, frames: int) -> Samples:
    """A tone under a swell, so that a wrong alignment is heard at once."""
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * (start % 48_000 + np.arange(frames)) / 9_000)
    return (tone(start, frames) * swell).astype(np.float32)


@pytest.mark.parametrize("start", [0, 7 * PART_FRAMES, WRAP - 3 * PART_FRAMES])
@pytest.mark.parametrize("recipe", LADDER, ids=lambda recipe: recipe.name)
def test_a_packet_is_at_the_position_that_a_decoder_plays_at_its_start(recipe: Recipe, start: int) -> None:
    original = music(start, 8 * PART_FRAMES)
    first, packets = encode(recipe, start, original)
    assert first % recipe.packet_frames == 0
    assert start <= first < start + recipe.packet_frames
    sound = decoded(rendition_of(recipe), packets)
    settled = slice(2 * PART_FRAMES, 6 * PART_FRAMES)
    trimmed = original * np.float32(10 ** (recipe.trim_db / 20))
    assert distance_db(sound[:, settled], trimmed[:, first - start :][:, settled]) > 20


@pytest.mark.parametrize("recipe", LADDER, ids=lambda recipe: recipe.name)
def test_what_is_fed_may_be_of_any_length(recipe: Recipe) -> None:
    sound = music(0, 3 * PART_FRAMES)
    whole, odd = encode(recipe, 0, sound), encode(recipe, 0, sound, step=777)
    assert whole == odd


@pytest.mark.parametrize("recipe", [recipe for recipe in LADDER if recipe.codec == "aac"], ids=lambda recipe: recipe.name)
def test_aac_keeps_to_its_bit_rate_and_a_part_is_fifteen_packets(recipe: Recipe) -> None:
    noise = (0.2 * np.random.default_rng(3).standard_normal((2, 40 * PART_FRAMES))).astype(np.float32)
    first, packets = encode(recipe, 0, noise)
    assert first == 0
    assert len(packets) == 40 * 15 - 2
    bits_per_second = sum(map(len, packets)) * 8 / (len(packets) * 1024 / 48_000)
    assert recipe.bitrate * 0.97 < bits_per_second < recipe.bitrate * 1.03


def test_mp3_packets_stand_on_their_own() -> None:
    recipe = next(recipe for recipe in LADDER if recipe.codec == "mp3")
    _, packets = encode(recipe, 0, music(0, 8 * PART_FRAMES))
    main_data_begin = [int.from_bytes(packet[4:6], "big") >> 7 for packet in packets]
    assert set(main_data_begin) == {0}


def test_headers_tell_the_decoder() -> None:
    headers = {recipe.name: rendition_of(recipe).header for recipe in LADDER}
    assert headers["mp3_192"] == b""
    assert headers["opus_128"].startswith(b"OpusHead")
    assert headers["aac_128"][:2] == bytes((2 << 3 | 3 >> 1, (3 & 1) << 7 | 2 << 3))  # AAC-LC, 48 kHz, stereo


@pytest.mark.parametrize(
    "recipe", [recipe for recipe in LADDER if recipe.codec == "aac" and recipe.bitrate >= 128_000], ids=lambda r: r.name
)
def test_wide_tones_are_not_drowned_in_the_noise_of_the_coder(recipe: Recipe) -> None:
    """With intensity stereo the tones above 3 kHz keep 10 to 12 dB of distance, whatever the rate."""
    original = wide_chords(8 * PART_FRAMES)
    first, packets = encode(recipe, 0, original)
    sound = decoded(rendition_of(recipe), packets) / np.float32(10 ** (recipe.trim_db / 20))
    settled = slice(2 * PART_FRAMES, 6 * PART_FRAMES)
    assert distance_db(treble(sound[:, settled]), treble(original[:, first:][:, settled])) > 17


def wide_chords(frames: int) -> Samples:
    """Many notes with their harmonics, each in another phase left and right."""
    chance, time = np.random.default_rng(1), np.arange(frames) / 48_000
    sound = np.zeros((2, frames))
    for hertz in 110 * 2 ** (chance.integers(0, 48, 24) / 12):
        for harmonic in range(1, 9):
            if hertz * harmonic < 12_000:
                phases = chance.uniform(0, 2 * np.pi, (2, 1))
                sound += np.sin(2 * np.pi * hertz * harmonic * time + phases) * harmonic**-1.3
    return (0.6 * sound / np.abs(sound).max()).astype(np.float32)


def treble(sound: Samples) -> Samples:
    """What lies above 3 kHz."""
    spectrum = np.fft.rfft(sound)
    spectrum[:, : round(3_000 * sound.shape[1] / 48_000)] = 0
    return np.fft.irfft(spectrum, sound.shape[1]).astype(np.float32)


def test_low_rates_leave_room_for_the_decoder() -> None:
    trims = {recipe.name: recipe.trim_db for recipe in LADDER}
    assert trims == {"aac_64": -1.0, "aac_128": -0.5, "aac_192": 0.0, "aac_320": 0.0, "mp3_192": 0.0, "opus_128": -0.5}
