"""Packets in, pictures out: all of them, in order, in step with the sound; and what happens on a machine that is too slow."""

from threading import Event

import av
import pytest

from server.video.canvas import PICTURE_FRAMES
from server.video.encoder import KEYFRAME_FRAMES, EncodedPicture
from server.video.visualiser import LATE_FRAMES, LOST_FRAMES, Visualiser
from tests.server.encoded import encoded
from tests.server.fake_station import MP3, airing
from tests.server.video.heard_music import now_playing

AAC, PACKETS = encoded("aac", 3.0)
START = 60 * AAC.packet_frames
DEADLINE_SECONDS = 60


class Screen:
    """Takes pictures, and wakes who waits for the n-th."""

    def __init__(self) -> None:
        self.pictures: list[EncodedPicture] = []
        self._wanted = 0
        self._there = Event()

    def show(self, picture: EncodedPicture) -> None:
        self.pictures.append(picture)
        if len(self.pictures) >= self._wanted:
            self._there.set()

    def wait_for(self, count: int) -> list[int]:
        self._wanted = count
        if len(self.pictures) < count:
            self._there.clear()
            if len(self.pictures) < count:
                assert self._there.wait(DEADLINE_SECONDS), f"{len(self.pictures)} pictures of {count}"
        return [picture.position for picture in self.pictures]


def visualiser(screen: Screen) -> Visualiser:
    return Visualiser("Radio Näh", "horizon", screen.show, 1_000, "ultrafast")


def grid(first: int, count: int) -> list[int]:
    begin = -(-first // PICTURE_FRAMES) * PICTURE_FRAMES
    return list(range(begin, begin + count * PICTURE_FRAMES, PICTURE_FRAMES))


def test_every_picture_follows_the_last_one_and_x264_takes_them_back() -> None:
    screen = Screen()
    with visualiser(screen) as drawing:
        drawing.take_airing(now_playing(airing("One", 0), airing("Two", START + 30_000)))
        for number in range(0, 96, 8):
            drawing.packets(AAC, 1, START + number * AAC.packet_frames, list(PACKETS[number : number + 8]))
            screen.wait_for((START + (number + 8) * AAC.packet_frames) // PICTURE_FRAMES - grid(START, 1)[0] // PICTURE_FRAMES)
        drawing.packets(MP3, 1, START, [b"another rendition"])
    count = len(screen.pictures)
    assert [picture.position for picture in screen.pictures] == grid(START, count)
    assert (drawing.pictures_total, drawing.repeated_total, drawing.dropped_frames_total, drawing.failures_total) == (count, 0, 0, 0)
    assert [p.position for p in screen.pictures if p.keyframe] == [grid(START, 1)[0], KEYFRAME_FRAMES]
    decoder = av.CodecContext.create("h264", "r")
    decoder.extradata = drawing.extradata
    shown = [frame for picture in screen.pictures for frame in decoder.decode(av.Packet(picture.data))]
    assert len(shown) + len(decoder.decode(None)) == count


def test_one_who_comes_late_repeats_the_last_picture_and_counts_it() -> None:
    screen = Screen()
    with visualiser(screen) as drawing:
        drawing.packets(AAC, 1, START, list(PACKETS[:96]))
        end = START + 96 * AAC.packet_frames
        positions = screen.wait_for(60)
    assert positions[:60] == grid(START, 60)
    late = [position for position in positions[1:] if end - position > LATE_FRAMES]
    assert drawing.repeated_total == len(late) > 20


def test_one_who_is_lost_leaves_pictures_out_counts_them_and_begins_with_a_keyframe() -> None:
    screen = Screen()
    drawing = visualiser(screen)
    far = START + 20 * AAC.packet_frames + LOST_FRAMES // AAC.packet_frames * AAC.packet_frames
    with drawing:
        drawing.packets(AAC, 1, START, list(PACKETS[:10]))
        screen.wait_for(5)
        drawing._newest_end = far  # as if much had come meanwhile
        drawing._queue.append(_run(START + 10 * AAC.packet_frames, 5))
        drawing.packets(AAC, 1, far, list(PACKETS[40:60]))
        positions = screen.wait_for(len(screen.pictures) + 8)
    behind = positions.index(grid(far, 1)[0])
    assert positions[behind:] == grid(far, len(positions) - behind)
    assert screen.pictures[behind].keyframe
    assert drawing.dropped_frames_total == 5 * AAC.packet_frames


def test_a_replay_of_the_past_is_not_drawn_again() -> None:
    """Who attaches to a relay is told half a minute at once: only its end is shown, and nothing is called dropped."""
    screen = Screen()
    drawing = visualiser(screen)
    second = 47 * AAC.packet_frames
    for number in range(24):
        drawing.packets(AAC, 1, START + number * second, list(PACKETS[:47]))
    with drawing:
        end = START + 24 * second
        screen.wait_for(100)
    assert screen.pictures[0].position >= end - LOST_FRAMES - second
    assert drawing.dropped_frames_total == 0


def test_sound_that_cannot_be_decoded_is_a_hole_and_not_the_end() -> None:
    screen = Screen()
    with visualiser(screen) as drawing:
        drawing.packets(AAC, 1, START, list(PACKETS[:10]))
        drawing.packets(AAC, 1, START + 10 * AAC.packet_frames, [b"\xff nonsense" * 20] * 4)
        drawing.packets(AAC, 1, START + 14 * AAC.packet_frames, list(PACKETS[14:40]))
        screen.wait_for(20)
        assert drawing.alive
    assert not drawing.alive


def test_an_unknown_look_is_refused() -> None:
    with pytest.raises(KeyError):
        Visualiser("Radio", "fireworks", print)


def test_can_be_stopped_while_it_has_much_to_do() -> None:
    screen = Screen()
    drawing = visualiser(screen)
    with drawing:
        drawing.packets(AAC, 1, START, list(PACKETS))
        screen.wait_for(1)
    assert not drawing.alive


def _run(position: int, count: int) -> object:
    from server.video.visualiser import _Run

    return _Run(AAC, 1, position, list(PACKETS[:count]))
