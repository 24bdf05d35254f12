"""The feed: one order for all, titles where they are heard, eras where the clock jumps."""

from itertools import pairwise

from server.rtmp.amf0 import decode
from server.rtmp.feed import Feed
from server.rtmp.media import Tag, TagKind
from server.wire.wire import Rendition
from tests.server.rtmp.programme import BEGIN, FORM, RENDITION, Programme, airing, on_air


class Heard:
    """A taker that keeps everything."""

    def __init__(self) -> None:
        self.tags: list[Tag] = []

    def take(self, tag: Tag) -> None:
        self.tags.append(tag)

    def positions(self, kind: TagKind) -> list[int]:
        return [tag.position for tag in self.tags if tag.kind is kind]

    @property
    def titles(self) -> list[tuple[int, object]]:
        said = [(tag.position, decode(tag.body)[1]) for tag in self.tags if tag.kind is TagKind.TITLE]
        return [(position, about["title"]) for position, about in said if isinstance(about, dict)]


def feed_with(heard: Heard) -> Feed:
    feed = Feed(FORM)
    feed.join(heard)
    return feed


def test_sound_and_pictures_leave_in_the_order_of_their_positions() -> None:
    heard = Heard()
    programme = Programme(feed_with(heard))
    for _ in range(50):
        programme.play(0.1)
    positions = [tag.position for tag in heard.tags]
    assert positions == sorted(positions)
    assert heard.positions(TagKind.SOUND)[:3] == [BEGIN, BEGIN + 1024, BEGIN + 2048]
    assert len(heard.positions(TagKind.PICTURE)) > 140


def test_it_keeps_what_came_since_the_last_keyframe() -> None:
    feed = Feed(FORM)
    programme = Programme(feed)
    assert feed.recent == []
    assert feed.opening is None
    programme.play(5.0)
    assert feed.recent[0].keyframe
    assert feed.recent[0].position == BEGIN + 2 * 96_000
    assert sum(tag.keyframe for tag in feed.recent) == 1
    opening = feed.opening
    assert opening is not None
    assert opening.sound == b"\xaf\x00" + RENDITION.header


def test_sound_waits_for_pictures_a_second_and_no_longer() -> None:
    heard = Heard()
    feed = feed_with(heard)
    packets = [b"x"] * 47
    feed.packets(RENDITION, 1, 0, packets)
    assert heard.tags == []
    feed.packets(RENDITION, 1, 47 * 1024, packets)
    waited = heard.positions(TagKind.SOUND)
    assert waited == list(range(0, 93 * 1024 - 48_000, 1024))


def test_a_title_stands_right_before_the_sound_it_belongs_to() -> None:
    heard = Heard()
    feed = feed_with(heard)
    feed.take_airing(on_air("One", "A", 0))
    programme = Programme(feed)
    programme.play(1)
    change = BEGIN + 3 * 48_000 + 500
    feed.take_airing(on_air("Two", "B", change, airing("One", "A", 0)))
    programme.play(5)
    assert [title for _, title in heard.titles] == ["One", "Two"]
    position, _ = heard.titles[1]
    assert change <= position <= change + 1_600
    at = next(number for number, tag in enumerate(heard.tags) if tag.kind is TagKind.TITLE and tag.position == position)
    assert heard.tags[at + 1].position == position


def test_a_title_that_is_told_late_is_said_at_once() -> None:
    heard = Heard()
    feed = feed_with(heard)
    feed.take_airing(on_air("One", "A", 0))
    programme = Programme(feed)
    programme.play(4)
    feed.take_airing(on_air("Two", "B", BEGIN + 48_000, airing("One", "A", 0)))
    programme.play(0.2)
    assert [title for _, title in heard.titles] == ["One", "Two"]


def test_pictures_that_come_late_bring_no_old_title_back() -> None:
    heard = Heard()
    feed = feed_with(heard)
    feed.take_airing(on_air("Two", "B", 96_000, airing("One", "A", 0)))
    feed.packets(RENDITION, 1, 0, [b"x"] * 160)
    for number in range(100):
        feed.picture(number * 1_600, number == 0, b"\0\0\1\x41")
    assert [title for _, title in heard.titles] == ["One", "Two"]
    assert len(heard.positions(TagKind.PICTURE)) == 100


def test_other_renditions_and_pictures_of_another_time_are_left_out() -> None:
    heard = Heard()
    feed = feed_with(heard)
    feed.picture(BEGIN, True, b"\0\0\1\x65")
    feed.packets(Rendition("mp3_192", "mp3", 192_000, 1152, b""), 1, BEGIN, [b"x"])
    assert feed.opening is None
    feed.packets(RENDITION, 1, BEGIN, [b"x"])
    feed.picture(BEGIN + 10 * 48_000, True, b"\0\0\1\x65")
    feed.picture(BEGIN - 10 * 48_000, True, b"\0\0\1\x65")
    feed.packets(RENDITION, 1, BEGIN + 1024, [b"x"] * 100)
    assert heard.positions(TagKind.PICTURE) == []


def test_a_jump_of_the_clock_begins_an_era() -> None:
    heard = Heard()
    feed = feed_with(heard)
    programme = Programme(feed)
    programme.play(3)
    programme.jump(-20 * 48_000)
    programme.play(3)
    programme.jump(600 * 48_000)
    programme.play(3)
    assert {tag.era for tag in heard.tags} == {0, 1, 2}
    assert feed.recent[0].era == 2
    for era in range(3):
        positions = [tag.position for tag in heard.tags if tag.era == era]
        assert all(before <= after for before, after in pairwise(positions))


def test_a_hole_of_two_seconds_is_no_jump() -> None:
    heard = Heard()
    programme = Programme(feed_with(heard))
    programme.play(3)
    programme.jump(2 * 48_000)
    programme.play(3)
    assert {tag.era for tag in heard.tags} == {0}


def test_an_encoder_without_keyframes_fills_no_memory() -> None:
    feed = Feed(FORM)
    feed.packets(RENDITION, 1, 0, [b"x"])
    feed.picture(0, True, b"\0\0\1\x65")
    for number in range(1, 5_000):
        feed.packets(RENDITION, 1, number * 1024, [b"x"])
        feed.picture(number * 1024, False, b"\0\0\1\x41")
    assert len(feed.recent) <= 1_501
