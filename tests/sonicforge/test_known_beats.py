"""What a backend knows of its beats is believed before what was heard of them, and only where it says it."""

from dataclasses import replace

import numpy as np
import pytest

from dsp.hearing import Tempo
from generation.take import Section
from server.catalogue.heard import heard
from sonicforge.known_beats import with_known_beats
from tests.generation.takes import music, take_of
from tests.hearings import a_hearing

HEARD = heard(replace(a_hearing(), tempo=Tempo(87.0, 0.6, ((174.1, 0.9), (116.0, 0.3)))), np.array([1], np.uint32), sought=True)


def test_the_grid_is_the_sequencer_s() -> None:
    take = replace(take_of(music(10.0)), bpm=174.0, sections=(Section("intro", 50_000, 264_828, 4),))
    found = with_known_beats(HEARD, take)
    grid = found.hearing.grid
    assert grid is not None
    assert (grid.bpm, grid.confidence, grid.beats_a_bar) == (174.0, 1.0, 4)
    assert 0.0 <= grid.first_beat_frames < grid.beat_frames
    assert grid.beat_at(3) == pytest.approx(50_000)
    assert grid.downbeat == 3
    assert found.hearing.tempo == Tempo(174.0, 1.0, ((116.0, 0.3),))
    assert found.beats_known
    assert found.fingerprint is not None
    assert found.hearing.key == HEARD.hearing.key


def test_what_it_does_not_say_is_left_to_the_ears() -> None:
    take = replace(take_of(music(10.0)), bpm=174.0, sections=())
    assert with_known_beats(HEARD, take) == HEARD


def test_what_does_not_beat_has_no_grid() -> None:
    still = heard(replace(HEARD.hearing, tempo=Tempo(0.0, 0.0, ()), grid=None), None, sought=True)
    take = replace(take_of(music(10.0)), bpm=60.0, sections=(Section("theme", 0, 480_000, 4),))
    assert with_known_beats(still, take) == still
