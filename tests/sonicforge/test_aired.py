from pathlib import Path

from server.rundown.history import History
from server.track import Airing, Entry, Reason, Source, Track
from sonicforge.aired import AiredIds


def airing(track_id: str) -> Airing:
    track = Track(track_id, "Title", "Artist", Source.STUDIO, "/x", 480_000, -16.0, -1.0, 0, 400_000, 480_000)
    return Airing(Entry(f"entry-{track_id}", track, Reason.STUDIO), 0, 480_000)


def test_what_has_aired_is_known_when_the_engine_has_written_it(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    aired = AiredIds(file)
    assert aired() == frozenset()
    history = History(file)
    for number, track_id in enumerate(("aa", "bb"), 1):
        history.add(airing(track_id))
        history.flush()
        assert len(aired()) == number
    assert aired() == {"aa", "bb"}
    assert aired() is aired(), "it is not read again while nothing has changed"
