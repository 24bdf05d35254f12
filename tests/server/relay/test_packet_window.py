from server.clock import SEGMENT_FRAMES
from server.relay.packet_window import WINDOW_FRAMES, PacketWindow, Run
from server.wire.wire import Rendition

RENDITION = Rendition("aac_64", "aac", 64_000, 1024, b"")


def run(first: int, last: int, sitting: int = 1) -> Run:
    """Packets whose content is their number."""
    return Run(sitting, first * 1024, [b"%d" % number for number in range(first, last)])


def test_what_was_seen_is_left_out() -> None:
    window = PacketWindow(RENDITION)
    assert window.unseen(run(5, 8)) == run(5, 8)
    window.add(run(5, 8))
    assert window.unseen(run(4, 10)) == run(8, 10)
    assert window.unseen(run(2, 8)).packets == []
    assert window.unseen(run(9, 10)) == run(9, 10)


def test_packets_off_the_grid_never_step_back() -> None:
    window = PacketWindow(RENDITION)
    window.add(run(0, 4))
    odd = window.unseen(Run(1, 3 * 1024 + 100, [b"a", b"b"]))
    assert odd == Run(1, 4 * 1024 + 100, [b"b"])


def test_it_keeps_twenty_segments() -> None:
    window = PacketWindow(RENDITION)
    for first in range(0, 25 * 180, 15):
        window.add(run(first, first + 15))
    kept = list(window)
    assert window.edge == 25 * SEGMENT_FRAMES
    assert kept[0].position == 25 * SEGMENT_FRAMES - WINDOW_FRAMES
    assert [packet for run in kept for packet in run.packets] == run(5 * 180, 25 * 180).packets


def test_behind_a_hole_it_starts_anew() -> None:
    window = PacketWindow(RENDITION)
    window.add(run(0, 4))
    window.add(run(100, 104, sitting=2))
    assert list(window) == [run(100, 104, sitting=2)]
    assert window.sitting == 2
