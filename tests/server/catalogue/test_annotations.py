"""Annotations: what tags say of airing, read and written."""

import pytest

from dsp.hearing import Cues
from server.catalogue.annotations import Annotations, annotate_line, annotations_of, obeyed, read
from tests.hearings import a_hearing
from tests.server.virtual_station import track

FRAMES = 480_000
FOUND = Cues(4_800, 400_000, 470_000)


def test_numbers_are_read_with_and_without_their_units() -> None:
    tags = {"liq_cue_in": " 0.50 ", "liq_cue_out": "9.25s", "liq_cross_start_next": "8", "liq_amplify": "-3.20 dB"}
    assert read(tags) == Annotations(0.5, 9.25, 8.0, None, -3.2)
    assert read({"replaygain_track_gain": "+1.5 dB"}).gain_db == 1.5
    assert read({"r128_track_gain": "-256"}).gain_db == 4.0, "a 256th of a dB, to -23 LUFS"
    assert not read({"liq_amplify": "-3 dB"}).places


@pytest.mark.parametrize("nonsense", ["", "soon", "nan", "1e9999", "--3", "0x10", "1;2"])
def test_nonsense_says_nothing(nonsense: str) -> None:
    assert read({"liq_cue_in": nonsense, "liq_amplify": nonsense}) == Annotations()


@pytest.mark.parametrize(
    ("said", "cues"),
    [
        (Annotations(), FOUND),
        (Annotations(cue_in_seconds=1.0), Cues(48_000, 400_000, 470_000)),
        (Annotations(cue_in_seconds=0.0, cue_out_seconds=10.0, start_next_seconds=9.0), Cues(0, 432_000, 480_000)),
        (Annotations(cue_out_seconds=5.0), Cues(4_800, 240_000, 240_000)),
        (Annotations(cue_out_seconds=8.0, cross_seconds=2.0), Cues(4_800, 288_000, 384_000)),
        (Annotations(cue_in_seconds=9.0), Cues(432_000, 432_001, 470_000)),
        (Annotations(cue_in_seconds=-1.0, cue_out_seconds=11.0, start_next_seconds=99.0), FOUND),
        (Annotations(cue_in_seconds=6.0, cue_out_seconds=5.0), FOUND),
        (Annotations(cue_out_seconds=0.0), FOUND),
        (Annotations(cross_seconds=1_000.0), FOUND),
    ],
)
def test_places_are_obeyed_where_they_make_sense(said: Annotations, cues: Cues) -> None:
    now = obeyed(FOUND, said, FRAMES)
    assert now == cues
    assert 0 <= now.cue_in_frames < now.start_next_frames <= now.cue_out_frames <= FRAMES


def test_what_is_written_is_read_again() -> None:
    one = track("a", cue_in_frames=12_345, start_next_frames=400_001, cue_out_frames=470_003, loudness_lufs=-11.5)
    said = read(annotations_of(one))
    cues = obeyed(Cues(0, 1, 480_000), said, 480_000)
    assert cues.cue_in_frames == pytest.approx(12_345, abs=24)
    assert cues.start_next_frames == pytest.approx(400_001, abs=24)
    assert cues.cue_out_frames == pytest.approx(470_003, abs=24)
    assert said.gain_db == -6.5


def test_a_line_holds_for_liquidsoap_whatever_its_title() -> None:
    line = annotate_line(track("a", title='Say "hi", \\ bye', artist="", path="/m/a: b.mp3", hearing=a_hearing()))
    assert line.startswith('annotate:title="Say \\"hi\\", \\\\ bye",')
    assert 'liq_cue_in="0.000"' in line
    assert 'bpm="124.00",initial_key="8A"' in line
    assert line.endswith('":/m/a: b.mp3')
    assert "artist=" not in line
    assert "\n" not in line
