import hashlib
from pathlib import Path

import av
import msgspec
import pytest

from dsp.block import SAMPLE_RATE
from generation.brief import GENRES
from generation.errors import InvalidBrief
from sonicforge.cli.render import PAGE, Wish, WrittenBrief, run

SHORT = WrittenBrief("", seed=3, seconds=30.0)


def test_without_a_genre_it_is_all_of_them_once() -> None:
    assert [brief.genre for brief in Wish([], None, 1, SHORT).briefs()] == list(GENRES)


def test_takes_of_a_genre_have_seeds_that_follow_one_another() -> None:
    briefs = Wish(["house", "ambient"], None, 2, SHORT).briefs()
    assert [(brief.genre, brief.seed) for brief in briefs] == [("house", 3), ("house", 4), ("ambient", 3), ("ambient", 4)]


def test_a_file_says_it_all(tmp_path: Path) -> None:
    file = tmp_path / "briefs.json"
    file.write_bytes(
        msgspec.json.encode([{"genre": "lo-fi", "seconds": 60, "bpm": 80, "key": "D dorian", "sections": "intro, theme 8, outro"}])
    )
    (brief,) = Wish([], file, 1, SHORT).briefs()
    assert (brief.bpm, brief.key, [one.name for one in brief.sections]) == (80.0, "D dorian", ["intro", "theme", "outro"])


@pytest.mark.parametrize(
    ("written", "told"), [(b'{"genre": "house"}', "it holds a list"), (b'[{"genre": "house", "tempo": 3}]', "tempo"), (b"[", "briefs.json")]
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, written: bytes, told: str) -> None:
    file = tmp_path / "briefs.json"
    file.write_bytes(written)
    with pytest.raises(InvalidBrief, match=told):
        Wish([], file, 1, SHORT).briefs()


def test_what_cannot_be_made_is_said_in_a_line_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "takes"
    wish = Wish(["house"], None, 1, msgspec.structs.replace(SHORT, bpm=174.0))
    assert run(wish, out) == 2
    assert capsys.readouterr().err == "sonicforge: bpm 174 is not within 105 to 135, where house is played\n"
    assert not out.exists()


def test_what_fails_half_way_leaves_a_page_of_what_there_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "02-lo-fi-4.flac").mkdir()
    assert run(Wish(["lo-fi"], None, 2, SHORT), tmp_path) == 2
    assert "take 2 of 2" in capsys.readouterr().err
    text = (tmp_path / PAGE).read_text()
    assert "01-lo-fi-3.flac" in text
    assert "more to come" not in text


def test_makes_a_file_and_a_page_and_the_same_ones_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sums = []
    for out in (tmp_path / "one", tmp_path / "other"):
        assert run(Wish(["lo-fi"], None, 1, SHORT), out) == 0
        file = out / "01-lo-fi-3.flac"
        with av.open(str(file)) as opened:
            assert opened.streams.audio[0].rate == SAMPLE_RATE
            assert opened.duration is not None
            assert opened.duration / av.time_base == pytest.approx(30.0, abs=8.0)
        assert file.name in (out / PAGE).read_text()
        assert "more to come" not in (out / PAGE).read_text()
        sums.append(hashlib.sha256(file.read_bytes()).hexdigest())
    assert sums[0] == sums[1]
    assert "times real time" in capsys.readouterr().out
