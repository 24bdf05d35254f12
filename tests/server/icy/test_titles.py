"""What listeners are told, and that no title can break the block it stands in."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from server.icy.titles import LONGEST_BLOCK, Titles, block, plain, spoken
from server.wire.wire import NowPlaying
from tests.server.fake_station import airing


def test_a_block_is_counted_in_sixteens_and_padded() -> None:
    said = block("A - B")
    assert said[0] * 16 == len(said) - 1
    assert said[1:].rstrip(b"\0") == b"StreamTitle='A - B';"


def test_quotes_semicolons_and_line_ends_are_made_harmless() -> None:
    assert block("it's;\r\nStreamUrl='x';\0")[1:].rstrip(b"\0").decode() == "StreamTitle='it’s, StreamUrl=’x’,';"


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_title_gives_a_block_that_parses(title: str) -> None:
    said = block(title)
    assert len(said) == 1 + said[0] * 16 <= 1 + LONGEST_BLOCK
    inside = re.fullmatch(r"StreamTitle='([^';\x00-\x1f]*)';\x00*", said[1:].decode())
    assert inside
    assert len(inside[1]) <= 256


def test_the_longest_title_fits_and_is_cut_between_characters() -> None:
    said = block("음" * 3_000)
    assert said[1:].rstrip(b"\0").decode() == f"StreamTitle='{'음' * 256}';"


def test_plain_keeps_what_can_be_read() -> None:
    assert plain("  Ä\u0308pfel\t&\n음악 \u202e\x07 ") == "Ä\u0308pfel & 음악"
    assert plain("x" * 500) == "x" * 256
    assert plain("\ud800") == ""


def test_spoken_says_what_is_known() -> None:
    assert spoken(airing("Title", 0, artist="Artist")) == "Artist - Title"
    assert spoken(airing("Title", 0, artist="")) == "Title"
    assert spoken(None) == ""


def test_a_position_belongs_to_the_airing_that_began_last_before_it() -> None:
    titles = Titles()
    assert titles.at(5) is None
    old, now = airing("Old", 1_000), airing("Now", 2_000)
    titles.take(NowPlaying(2_000, now, [], [old]))
    assert [titles.at(position) for position in (0, 1_000, 1_999, 2_000, 9_999)] == [old, old, old, now, now]
    assert titles.starts_within(1_000, 2_000) == []
    assert titles.starts_within(999, 2_001) == [1_000, 2_000]
