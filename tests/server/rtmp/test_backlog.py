"""A backlog never holds more than five seconds or two megabytes, and what it gives up is whole groups of pictures before any sound."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rtmp.backlog import LONGEST_FRAMES, MOST_BYTES, Backlog, Tally
from server.rtmp.media import Tag, TagKind

GOP_FRAMES = 96_000


def programme(seconds: float, picture_bytes: int = 10_000, begin: int = 0) -> list[Tag]:
    """Sound and pictures in the order of their positions."""
    pictures = [
        Tag(TagKind.PICTURE, position, bytes(picture_bytes), keyframe=position % GOP_FRAMES == 0)
        for position in range(begin, begin + round(seconds * 48_000), 1_600)
    ]
    sounds = [Tag(TagKind.SOUND, position, bytes(350)) for position in range(begin, begin + round(seconds * 48_000), 1_024)]
    return sorted([*pictures, *sounds], key=lambda tag: tag.position)


def emptied(backlog: Backlog) -> list[Tag]:
    return [backlog.take() for _ in range(len(backlog))]


def test_it_begins_with_a_keyframe() -> None:
    tally = Tally()
    tags = emptied(Backlog(tally, programme(3, begin=1_600)))
    assert tags[0].keyframe
    assert tags[0].position == GOP_FRAMES
    assert tally == Tally(), "what came before the beginning was not lost"


def test_what_is_within_its_bounds_comes_out_as_it_went_in() -> None:
    tags = programme(3.9)
    backlog = Backlog(Tally(), tags)
    assert backlog.bytes == sum(len(tag.body) for tag in tags)
    assert emptied(backlog) == tags
    assert backlog.bytes == 0
    assert backlog.head is None


def test_an_old_queue_gives_up_its_oldest_pictures_and_keeps_all_sound() -> None:
    tally = Tally()
    backlog = Backlog(tally, programme(4.3))
    tags = emptied(backlog)
    assert tally == Tally(dropped_gops=1)
    assert [tag.position for tag in tags if tag.kind is TagKind.SOUND] == list(range(0, round(4.3 * 48_000), 1_024))
    shown = [tag for tag in tags if tag.kind is TagKind.PICTURE]
    assert shown[0].keyframe
    assert shown[0].position == GOP_FRAMES


def test_a_group_that_has_begun_to_be_sent_is_given_up_to_its_end() -> None:
    tally = Tally()
    backlog = Backlog(tally, programme(2))
    for _ in range(20):
        backlog.take()
    for tag in programme(2.4, begin=GOP_FRAMES):
        backlog.put(tag)
    shown = [tag for tag in emptied(backlog) if tag.kind is TagKind.PICTURE]
    assert tally.dropped_gops == 1
    assert shown[0].position == GOP_FRAMES


def test_with_nothing_else_left_the_newest_group_goes_and_the_next_keyframe_is_awaited() -> None:
    tally = Tally()
    backlog = Backlog(tally, [Tag(TagKind.PICTURE, 0, bytes(1_500_000), keyframe=True)])
    for tag in programme(3.9, picture_bytes=20_000)[1:]:
        backlog.put(tag)
    shown = [tag for tag in emptied(backlog) if tag.kind is TagKind.PICTURE]
    assert tally.dropped_gops == 1
    assert shown[0].keyframe
    assert shown[0].position == GOP_FRAMES


@given(st.integers(1_000, 60_000), st.integers(0, 12), st.integers(4, 14))
def test_bounds_hold_and_what_is_left_can_be_shown(picture_bytes: int, taken_of_twelve: int, seconds: int) -> None:
    tally = Tally()
    backlog, out = Backlog(tally), list[Tag]()
    sent = programme(seconds, picture_bytes)
    for number, tag in enumerate(sent):
        backlog.put(tag)
        assert backlog.bytes <= MOST_BYTES
        if number % 12 < taken_of_twelve and backlog.head is not None:
            out.append(backlog.take())
    out += emptied(backlog)
    assert [tag.position for tag in out] == sorted(tag.position for tag in out)
    shown = [tag.position for tag in out if tag.kind is TagKind.PICTURE]
    assert all(after == before + 1_600 or after % GOP_FRAMES == 0 for before, after in pairwise(shown))
    heard = sum(tag.kind is TagKind.SOUND for tag in out)
    assert heard + tally.dropped_sounds == sum(tag.kind is TagKind.SOUND for tag in sent)


def test_a_line_that_takes_nothing_leaves_five_seconds_of_sound() -> None:
    backlog = Backlog(Tally(), programme(60))
    tags = emptied(backlog)
    assert LONGEST_FRAMES - 2_048 <= tags[-1].position - tags[0].position <= LONGEST_FRAMES


@pytest.mark.parametrize("kind", list(TagKind))
def test_a_tag_that_is_too_large_for_all_is_left_out(kind: TagKind) -> None:
    backlog = Backlog(Tally(), programme(0.1))
    backlog.put(Tag(kind, 4_801, bytes(MOST_BYTES + 1), keyframe=kind is TagKind.PICTURE))
    assert backlog.bytes <= MOST_BYTES
