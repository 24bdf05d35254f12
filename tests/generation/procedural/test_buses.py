import numpy as np
import pytest

from dsp.block import CHANNELS, Samples, frames_of
from generation.brief import Brief
from generation.procedural.buses import play
from generation.procedural.event import Hit, Note, Score, Sweep
from generation.procedural.kit import Drum
from generation.procedural.part import DRUMS, Part
from generation.procedural.spec import specify

SPEC = specify(Brief("downtempo", 2, 30.0))
NOTES: dict[Part, tuple[Note, ...]] = dict.fromkeys((Part.BASS, Part.PAD, Part.STAB, Part.ARP, Part.LEAD), ())
HITS: dict[Part, tuple[Hit, ...]] = dict.fromkeys(DRUMS, ())
NOTHING = Score(HITS, NOTES, ())


def played(part: Part, score: Score) -> Samples:
    bus = np.zeros((CHANNELS, SPEC.frames), np.float32)
    play(part, SPEC, score, bus)
    return bus


def first_frame(sound: Samples) -> int:
    return int(np.flatnonzero(np.abs(sound).max(axis=0) > 1e-4)[0])


@pytest.mark.parametrize(
    ("part", "score"),
    [
        (Part.KICK, Score(HITS | {Part.KICK: (Hit(9_000, Drum.KICK, 1.0),)}, NOTES, ())),
        (Part.BASS, Score(HITS, NOTES | {Part.BASS: (Note(9_000, 20_000, 36, 0.9),)}, ())),
        (Part.TRANSITIONS, Score(HITS, NOTES, (Sweep(9_000, 48_000, "impact", 1.0),))),
    ],
)
def test_what_is_written_sounds_from_its_frame_on(part: Part, score: Score) -> None:
    assert abs(first_frame(played(part, score)) - 9_000) < frames_of(0.01)
    assert not played(part, NOTHING).any()


def test_velocity_is_loudness_and_pan_a_place() -> None:
    loud, soft = (played(Part.HATS, Score(HITS | {Part.HATS: (Hit(0, Drum.CLOSED, velocity, 0.8),)}, NOTES, ())) for velocity in (1.0, 0.5))
    assert np.abs(soft).max() == pytest.approx(0.5 * np.abs(loud).max(), rel=1e-3)
    assert np.sum(loud[1] ** 2) > 4.0 * np.sum(loud[0] ** 2)


def test_the_texture_goes_with_the_last_bar_and_nothing_of_it_is_left_at_the_end() -> None:
    bus = played(Part.TEXTURE, NOTHING)
    end = SPEC.grid.frame_of(SPEC.plan.bars)
    level = [float(np.mean(bus[:, at : at + 24_000] ** 2)) for at in (end - 48_000, end + frames_of(1.8))]
    assert level[0] > 0.0
    assert level[1] < 0.1 * level[0]
    assert not bus[:, end + frames_of(2.5) :].any()
