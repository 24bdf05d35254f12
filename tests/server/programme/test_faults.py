"""Faults are all counted and each part is told of once."""

from server.programme.faults import Faults


def fail() -> int:
    raise RuntimeError("broke")


def test_a_shield_lets_results_through_and_counts_failures() -> None:
    faults = Faults()
    assert faults.shield("part", lambda: 5) == 5
    assert faults.counts == {}
    for _ in range(1000):
        assert faults.shield("part", fail) is None
    assert faults.counts == {"part": 1000}


def test_each_part_is_told_of_once() -> None:
    faults = Faults()
    for _ in range(3):
        faults.shield("a", fail)
        faults.shield("b", fail)
    assert [fault.part for fault in faults.untold()] == ["a", "b"]
    faults.shield("a", fail)
    assert faults.untold() == []


def test_the_untold_are_bounded() -> None:
    faults = Faults()
    for number in range(100):
        faults.shield(str(number), fail)
    assert len(faults.untold()) == 32
