"""Listening: what is overdue is heard, once; what cannot be heard is let be."""

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dsp.cues import NothingToHear
from dsp.hearing import FEATURES_MODEL, BeatGrid, Tempo
from server.catalogue.catalogue import Catalogue
from server.catalogue.heard import Heard, heard
from server.catalogue.listening import Listening
from server.catalogue.measurement import Measurement
from server.intake.intake import Report
from server.intake.refusal import Refused
from tests.hearings import a_hearing
from tests.server.catalogue.test_accession import REPORT
from tests.server.virtual_station import track


class Decoder:
    """Writes what it is asked for; refuses one file."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def prepare(self, path: Path, target: Path) -> Report:
        self.asked.append(path.name)
        if path.name == "bad.flac":
            raise Refused("It is damaged.")
        await asyncio.to_thread(target.write_bytes, path.name.encode())
        return REPORT


class SomeEars:
    """Say the same of everything, by one model."""

    def __init__(self, model: str = FEATURES_MODEL, fingerprints: bool = True) -> None:
        self.features_model = model
        self.makes_fingerprints = fingerprints

    def listen_to(self, path: Path) -> Measurement:
        if path.read_bytes() == b"mute.flac":
            raise NothingToHear("Nothing to hear.")
        said = replace(a_hearing(), features_model=self.features_model)
        values = np.array([5], np.uint32) if self.makes_fingerprints else None
        return Measurement(480_000, -14.0, -1.0, said.cues, heard(said, values, sought=self.makes_fingerprints))


def listening(folder: Path, ears: SomeEars | None = None) -> tuple[Listening, Catalogue, Decoder]:
    catalogue, decoder = Catalogue(folder / "catalogue"), Decoder()
    return Listening(catalogue, decoder, ears or SomeEars(), folder / "scratch.npy", lambda: 0.0), catalogue, decoder


async def hear_all(one: Listening) -> list[str]:
    heard_now = []
    while found := one.overdue():
        await one.hear_track(found[0])
        heard_now.append(found[0].id)
        assert len(heard_now) < 20
    return sorted(heard_now)


async def test_every_track_is_heard_once(tmp_path: Path) -> None:
    one, catalogue, decoder = listening(tmp_path)
    for name in "abc":
        catalogue.put(track(name))
    assert await hear_all(one) == ["a", "b", "c"]
    assert sorted(decoder.asked) == ["a.flac", "b.flac", "c.flac"]
    said = Catalogue(tmp_path / "catalogue").track("b")
    assert said == track("b", hearing=a_hearing())
    again, _, _ = listening(tmp_path)
    assert not again.overdue()
    assert not (tmp_path / "scratch.npy").exists()


async def test_another_model_or_a_new_library_has_them_heard_again(tmp_path: Path) -> None:
    without, catalogue, _ = listening(tmp_path, SomeEars(fingerprints=False))
    catalogue.put(track("a"))
    assert await hear_all(without) == ["a"]
    assert not without.overdue()
    with_library, _, _ = listening(tmp_path)
    assert await hear_all(with_library) == ["a"]
    kept = Catalogue(tmp_path / "catalogue").heard("a")
    assert kept is not None
    assert kept.fingerprint is not None
    assert await hear_all(listening(tmp_path, SomeEars("other/2"))[0]) == ["a"]


async def test_beats_that_its_maker_knows_outlast_every_hearing(tmp_path: Path) -> None:
    one, catalogue, _ = listening(tmp_path, SomeEars("other/2"))
    known = a_hearing(tempo=Tempo(174.0, 1.0, ()), grid=BeatGrid(174.0, 3.0, 1, 4, 1.0))
    catalogue.remember("a", Heard(known, beats_known=True))
    catalogue.put(track("a"))
    catalogue.put(track("b"))
    assert await hear_all(one) == ["a", "b"]
    kept, other = Catalogue(tmp_path / "catalogue").heard("a"), catalogue.heard("b")
    assert kept is not None
    assert other is not None
    assert (kept.hearing.tempo, kept.hearing.grid) == (known.tempo, known.grid)
    assert (kept.beats_known, other.beats_known) == (True, False)
    assert kept.hearing.features_model == "other/2"
    assert kept.fingerprint is not None
    assert other.hearing.tempo == a_hearing().tempo
    assert await hear_all(listening(tmp_path)[0]) == ["a", "b"]
    again = catalogue.heard("a")
    assert again is not None
    assert again.hearing.grid == known.grid


async def test_what_cannot_be_heard_is_let_be_and_the_next_one_has_its_turn(tmp_path: Path) -> None:
    one, catalogue, decoder = listening(tmp_path)
    for name in ("bad", "mute", "well"):
        catalogue.put(track(name))
    running = asyncio.create_task(one.run())
    async with asyncio.timeout(10):
        while (said := catalogue.track("well")) is None or said.hearing is None or len(decoder.asked) < 3:  # noqa: ASYNC110 -- a thread sets no event
            await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert sorted(decoder.asked) == ["bad.flac", "mute.flac", "well.flac"]
    assert not one.overdue()
    assert catalogue.airable("bad") is not None, "it may air nonetheless"


async def test_a_refused_track_is_not_heard(tmp_path: Path) -> None:
    one, catalogue, _ = listening(tmp_path)
    catalogue.put(track("a"))
    catalogue.refuse(track("a").path, "withdrawn")
    assert not one.overdue()


async def test_progress_is_told_and_nothing_left(tmp_path: Path) -> None:
    one, _, _ = listening(tmp_path)
    told: list[tuple[float, str]] = []
    await one.hear_file(Path("/media/x.flac"), lambda share, words: told.append((share, words)))
    assert [words for _, words in told] == ["decoding", "listening", "writing it down"]
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    with pytest.raises(Refused):
        await one.hear_file(Path("/media/mute.flac"))
    assert not (tmp_path / "scratch.npy").exists()
