"""Takes: kept with what was heard of them, in the catalogue and in their own tags; the oldest that have aired go."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from dsp.block import Samples
from dsp.cues import NothingToHear
from generation.errors import GenerationFailed
from generation.licence import Licence, licence_of
from server.catalogue.catalogue import Catalogue
from server.catalogue.heard import heard
from server.catalogue.measurement import Measurement
from sonicforge.takes import Takes
from tests.generation.takes import music, take_of
from tests.hearings import a_hearing

SAID = a_hearing()


def listen(samples: Samples) -> Measurement:
    """Ears of cardboard."""
    kept = heard(SAID, np.array([7, 8], np.uint32), sought=True)
    return Measurement(samples.shape[1], -14.0, -1.0, SAID.cues, kept)


def takes(folder: Path, aired: set[str], keep_count: int = 40) -> Takes:
    catalogue = Catalogue(folder / "catalogue")
    files = folder / "studio.counter", folder / "studio.vectors"
    return Takes("main", folder / "studio", catalogue, *files, keep_count, lambda: aired, lambda: 1_000.0, listen)


def test_a_take_keeps_what_was_heard_of_it(tmp_path: Path) -> None:
    (tmp_path / "studio").mkdir()
    one, take = takes(tmp_path, set()), take_of(music(10.0))
    one.keep(take)
    found = Catalogue(tmp_path / "catalogue")
    track, kept = found.track(take.id), found.heard(take.id)
    assert track is not None
    assert kept is not None
    assert track.hearing == SAID
    assert (track.cue_in_frames, track.cue_out_frames) == (SAID.cues.cue_in_frames, SAID.cues.cue_out_frames)
    assert kept.fingerprint is not None
    assert kept.fingerprint.tolist() == [7, 8]
    assert one.buffered_seconds() == (SAID.cues.cue_out_frames - SAID.cues.cue_in_frames) / 48_000


def test_its_file_says_how_it_is_to_air(tmp_path: Path) -> None:
    (tmp_path / "studio").mkdir()
    take = take_of(music(10.0))
    takes(tmp_path, set()).keep(take)
    with av.open(str(tmp_path / "studio" / f"{take.id}.flac")) as file:
        tags = {name.lower(): text for name, text in file.metadata.items()}
    assert tags["title"] == "Title"
    assert tags["liq_cue_in"] == "0.000"
    assert tags["liq_amplify"] == "-4.00 dB"
    assert tags["initial_key"] == SAID.key.camelot


def test_the_oldest_that_have_aired_go_with_their_files(tmp_path: Path) -> None:
    (tmp_path / "studio").mkdir()
    aired: set[str] = set()
    one = takes(tmp_path, aired, keep_count=1)
    made = [take_of(music(10.0), seed=seed) for seed in range(3)]
    for take in made[:2]:
        one.keep(take)
    aired |= {made[0].id}
    one.keep(replace(made[2]))
    left = {path.stem for path in (tmp_path / "studio").glob("*.flac")}
    assert left == {made[1].id, made[2].id}
    assert one.buffered_seconds() > 0.0


CREDIT = Licence("CC-BY-4.0", commercial_ok=True, attribution="Music by a model of somebody's", weights="model@1")


def test_the_licence_travels_with_the_track_and_in_its_file(tmp_path: Path) -> None:
    (tmp_path / "studio").mkdir()
    take = replace(take_of(music(10.0)), licence=CREDIT, scores={"score": 87.5, "pulse": 0.9})
    one = takes(tmp_path, set())
    one.keep(take)
    kept = one.catalogue.track(take.id)
    assert kept is not None
    assert licence_of(kept.provenance) == CREDIT
    assert kept.provenance["score"] == "87.5"
    assert "pulse=0.9" in kept.provenance["scores"]
    light = Catalogue(tmp_path / "catalogue", for_airing=True).track(take.id)
    assert light is not None
    assert "scores" not in light.provenance
    with av.open(str(tmp_path / "studio" / f"{take.id}.flac")) as file:
        tags = {name.lower(): text for name, text in file.metadata.items()}
    assert tags["license"] == "CC-BY-4.0"
    assert tags["copyright"] == tags["attribution"] == CREDIT.attribution
    assert "model@1" in tags["comment"]
    assert "CC-BY-4.0" in tags["comment"]


def test_what_the_last_takes_sounded_like_is_known_but_not_of_the_take_itself(tmp_path: Path) -> None:
    (tmp_path / "studio").mkdir()
    one = takes(tmp_path, set())
    made = [replace(take_of(music(10.0), seed=seed), vector=np.array([float(seed)], np.float32)) for seed in range(2)]
    for take in made:
        one.keep(take)
    assert [vector.tolist() for vector in one.last_vectors(but=made[0].id)] == [[1.0]]
    one.keep(made[0])
    assert len(one.last_vectors(but="")) == 2, "made twice, it is one track"


def test_a_take_in_which_nothing_can_be_heard_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "studio").mkdir()

    def deaf(_samples: Samples) -> Measurement:
        raise NothingToHear("silence")

    with pytest.raises(GenerationFailed, match="silence"):
        replace(takes(tmp_path, set()), measure=deaf).keep(take_of(music(10.0)))
    assert list((tmp_path / "studio").iterdir()) == []
