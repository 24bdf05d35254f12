"""The local monitor on a real station: it plays on a sound card, or says why it cannot."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.listeners.station import RunningStation

pytestmark = pytest.mark.real

CARD = """
pcm.!default {{ type file; slave.pcm null; file "{file}"; format raw }}
pcm.null {{ type null }}
ctl.!default {{ type null }}
"""
"""A card that writes down what it would play."""


def monitor(station: RunningStation, folder: Path, card: str, *words: str) -> "subprocess.Popen[str]":
    (folder / "asound.conf").write_text(card)
    environment = {**station.environment, "ALSA_CONFIG_PATH": str(folder / "asound.conf"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "sonicforge", "monitor", *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_it_plays_what_is_on_air(studio_station: RunningStation, tmp_path: Path) -> None:
    sound = tmp_path / "played.raw"
    playing = monitor(studio_station, tmp_path, CARD.format(file=sound), "--buffer", "0.1")
    try:
        assert playing.stdout is not None
        said = [playing.stdout.readline() for _ in range(2)]
        assert "Playing main" in said[0], (said, playing.poll() is not None and playing.stderr and playing.stderr.read())
        assert said[1].strip().rpartition(" - ")[2] in studio_station.titles_in_band()
        studio_station.until(lambda: sound.stat().st_size > 400_000, 20, "the card gets sound")
    finally:
        playing.send_signal(signal.SIGINT)
        out, err = playing.communicate(timeout=15)
    assert playing.returncode == 0, out + err
    assert any(sound.read_bytes())


def test_without_a_card_it_says_what_to_do(studio_station: RunningStation, tmp_path: Path) -> None:
    playing = monitor(studio_station, tmp_path, CARD.format(file=tmp_path / "none"), "--device", "Gramophone")
    _, err = playing.communicate(timeout=30)
    assert playing.returncode == 2, err
    assert "--devices" in err
    assert err.count("\n") == 1
