from hypothesis import given
from hypothesis import strategies as some

from server.clock import PART_FRAMES
from server.hls.segmenter import Part, Segmenter
from tests.server.hls.lint import boxes, decode_times


def packets(first: int, last: int) -> list[bytes]:
    return [number.to_bytes(8, "big") for number in range(first, last)]


def cut(segmenter: Segmenter, first: int, last: int, sitting: int = 1) -> list[Part]:
    return segmenter.cut(sitting, first * 1024, packets(first, last))


@given(cuts=some.lists(some.integers(min_value=1, max_value=40), max_size=20))
def test_parts_do_not_depend_on_how_packets_come(cuts: list[int]) -> None:
    segmenter, made, at = Segmenter(1024), [], 7
    for count in [*cuts, 200]:
        made += cut(segmenter, at, at + count)
        at += count
    assert made == cut(Segmenter(1024), 7, at)
    assert made[0].number == 1
    for part in made:
        assert decode_times(part.data) == [(part.number * PART_FRAMES, PART_FRAMES)]
        assert boxes(part.data)["mdat"] == [b"".join(packets(part.number * 15, part.number * 15 + 15))]


def test_behind_a_hole_it_goes_on_with_the_next_whole_part() -> None:
    segmenter = Segmenter(1024)
    assert [part.number for part in cut(segmenter, 0, 20)] == [0]
    assert cut(segmenter, 40, 45) == []
    assert [part.number for part in cut(segmenter, 45, 60)] == [3]


def test_a_part_is_of_the_sitting_in_which_it_began() -> None:
    segmenter = Segmenter(1024)
    assert cut(segmenter, 0, 7, sitting=1) == []
    assert [(part.number, part.sitting) for part in cut(segmenter, 7, 30, sitting=2)] == [(0, 1), (1, 2)]
