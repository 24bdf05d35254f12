"""What the ears say, as it is told: seconds, three notations of the key, nothing that is not heard."""

import json

from control.library.hearing_told import cues_told, hearing_told
from tests.hearings import a_hearing


def test_everything_is_told_but_the_vector() -> None:
    told = json.loads(hearing_told(a_hearing()).model_dump_json())
    assert told["key"] == {"name": "A minor", "camelot": "8A", "open_key": "1m", "confidence": 0.7, "tuning_cents": -3.0}
    assert told["tempo"]["alternatives"] == [{"bpm": 62.0, "share": 0.7}, {"bpm": 186.0, "share": 0.3}]
    assert told["grid"] == {"bpm": 124.0, "first_beat_seconds": 0.01, "downbeat": 0, "beats_a_bar": 4, "confidence": 0.9}
    assert told["quality"]["measures"] == {"crest_db": 11.0}
    assert "features" not in told
    assert told["features_model"] == "sonicforge-66/1"


def test_without_a_grid_none_is_told() -> None:
    assert hearing_told(a_hearing(grid=None)).grid is None


def test_cues_are_told_in_seconds() -> None:
    told = cues_told(24_000, 456_000, 480_000)
    assert (told.cue_in_seconds, told.start_next_seconds, told.cue_out_seconds) == (0.5, 9.5, 10.0)
