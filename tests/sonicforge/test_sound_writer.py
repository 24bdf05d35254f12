"""Files that are written while the sound comes."""

from pathlib import Path

import av
import numpy as np
import pytest

from sonicforge.sound_writer import Form, SoundWriter

RATE = 32_000


def tone(seconds: float, channels: int, level: float = 0.5) -> "np.ndarray":
    turn = 2 * np.pi * np.arange(round(seconds * RATE)) / RATE
    return np.stack([level * np.sin((220 + 110 * channel) * turn) for channel in range(channels)]).astype(np.float32)


def read(path: Path, channels: int) -> "np.ndarray":
    """[channels, frames] of what is in the file, 1 for full scale."""
    with av.open(str(path)) as file:
        assert file.streams.audio[0].rate == RATE
        assert file.streams.audio[0].channels == channels
        whole = np.concatenate([frame.to_ndarray().reshape(-1) for frame in file.decode(audio=0)])
    return whole.reshape(-1, channels).T / 32_767.0


@pytest.mark.parametrize("form", ["flac", "wav"])
@pytest.mark.parametrize("channels", [1, 2])
def test_pieces_of_any_length_become_one_sound(tmp_path: Path, form: Form, channels: int) -> None:
    sound = tone(1.0, channels)
    with SoundWriter(str(tmp_path / "sound"), form, RATE, channels, {"title": "Tone"}, seed=1) as writer:
        for piece in np.split(sound, [1, 700, 20_000], axis=1):
            writer.write(piece)
    heard = read(tmp_path / "sound", channels)
    assert heard.shape == sound.shape
    assert np.abs(heard - sound).max() <= 1.5 / 32_767
    assert np.abs(heard - sound).max() > 0.5 / 32_767, "it is dithered"
    with av.open(str(tmp_path / "sound")) as file:
        assert file.metadata["title"] == "Tone"


def test_what_is_too_loud_is_clipped_and_does_not_turn_over(tmp_path: Path) -> None:
    with SoundWriter(str(tmp_path / "sound"), "wav", RATE, 1, {}, seed=1) as writer:
        writer.write(tone(0.1, 1, level=3.0))
    heard = read(tmp_path / "sound", 1)
    assert np.abs(np.diff(heard)).max() < 0.5


def test_what_breaks_off_plays_as_far_as_it_got(tmp_path: Path) -> None:
    def break_off() -> None:
        with SoundWriter(str(tmp_path / "sound"), "wav", RATE, 2, {}, seed=1) as writer:
            writer.write(tone(0.5, 2))
            raise MemoryError

    with pytest.raises(MemoryError):
        break_off()
    assert read(tmp_path / "sound", 2).shape == (2, RATE // 2)


def test_where_nothing_can_be_written_it_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"), SoundWriter(str(tmp_path / "gone" / "sound"), "wav", RATE, 2, {}, 1) as writer:
        writer.write(tone(0.1, 2))
