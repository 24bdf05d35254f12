"""Airings count when they are heard, end where they end, and the clock may jump under them."""

from server.programme.turns import Turns, endless, gives_way_at
from server.segue_plan import SegueKind, SeguePlan
from server.track import Airing, Entry, Reason
from tests.server.virtual_station import track


def entry(name: str, reason: Reason = Reason.LIBRARY) -> Entry:
    return Entry(name, track(name), reason)


def turns() -> Turns:
    return Turns(Airing(entry("a"), 0, 1000))


def test_a_turn_counts_when_its_first_frame_is_heard() -> None:
    one = turns()
    one.begin(entry("b"), 970, 5000, 0, 480)
    assert one.hear(960).entry.id == "a"
    assert one.hear(970).entry.id == "a"
    assert one.hear(971) == Airing(entry("b"), 970, 5970)
    assert one.latest.entry.id == "b"


def test_the_one_before_ends_with_the_segue_or_earlier() -> None:
    one = turns()
    one.begin(entry("b"), 900, 5000, 0, 480)
    one.begin(entry("c"), 2000, 5000, 0, 480)
    one.hear(3000)
    assert [(airing.entry.id, airing.started_position, airing.ends_position) for airing in one.ended] == [("a", 0, 1000), ("b", 900, 2480)]


def test_bed_and_loop_are_no_history() -> None:
    one = turns()
    one.begin(entry("bed", Reason.BED), 100, 5000, 0, 480)
    one.begin(entry("loop", Reason.LOOP), 200, 5000, 0, 480)
    one.begin(entry("b"), 300, 5000, 0, 480)
    one.hear(400)
    assert [airing.entry.id for airing in one.ended] == ["a"]


def test_what_is_live_has_no_end_until_another_one_is_heard_and_then_it_is_history() -> None:
    one = turns()
    one.begin(entry("live", Reason.LIVE), 500, 0, 0, 100)
    one.begin(entry("titled", Reason.LIVE), 2_000, 0, 0, 0)
    one.begin(entry("b"), 4_000, 5_000, 0, 300)
    assert endless(one.hear(501))
    one.hear(4_001)
    assert [(airing.entry.id, airing.ends_position) for airing in one.ended] == [("a", 600), ("live", 2_000), ("titled", 4_300)]


def test_a_jump_leaves_what_is_live_without_an_end() -> None:
    one = Turns(Airing(entry("live", Reason.LIVE), 1_000, 1_000))
    one.jump(position=13_000, frames=10_000)
    assert one.airing == Airing(entry("live", Reason.LIVE), 13_000, 13_000, 2_000)
    assert endless(one.airing)


def test_the_same_entry_again_has_not_ended() -> None:
    one = turns()
    one.begin(entry("a"), 5, 5000, 700, 480)
    assert one.hear(10).offset_frames == 700
    assert not one.ended


def test_a_jump_moves_what_is_left_of_the_turn() -> None:
    one = Turns(Airing(entry("a"), 1000, 9000, 50))
    one.begin(entry("b"), 4000, 5000, 0, 480)
    one.jump(position=13_000, frames=10_000)
    assert one.airing == Airing(entry("a"), 13_000, 19_000, 50 + 2000)
    assert one.hear(14_001) == Airing(entry("b"), 14_000, 19_000)


def test_what_nobody_takes_away_is_bounded() -> None:
    one = turns()
    for number in range(1000):
        one.begin(entry(str(number)), number, 10, 0, 0)
    one.hear(10_000)
    assert len(one.ended) == 64


PLAN = SeguePlan(SegueKind.FADE, "why", "a", "b", 7_000, 480)


def test_a_planned_segue_is_known_of_the_turn_that_it_brings() -> None:
    one = turns()
    one.begin(entry("b"), 900, 5_000, -20, 480, PLAN)
    assert one.hear(1_000) == Airing(entry("b"), 900, 5_900, -20, PLAN)


def test_where_what_airs_gives_way_counts_from_where_its_track_began() -> None:
    late = Airing(Entry("a", track("a", cue_in_frames=1_000), Reason.LIBRARY), 50_000, 90_000, 2_000)
    assert gives_way_at(late, PLAN) == 50_000 - 2_000 + 7_000 - 1_000


def test_an_end_is_foreseen_of_what_airs_and_of_what_has_begun() -> None:
    one = turns()
    one.foresee(800)
    assert one.hear(10).ends_position == 800
    one.begin(entry("b"), 500, 5_000, 0, 480, PLAN)
    one.foresee(4_000)
    assert one.hear(501) == Airing(entry("b"), 500, 4_000, 0, PLAN)
    one.hear(5_000)
    assert [airing.entry.id for airing in one.ended] == ["a"]


def test_after_a_jump_in_its_middle_a_turn_did_not_come_by_a_segue() -> None:
    one = Turns(Airing(entry("a"), 1_000, 9_000, 0, PLAN))
    one.jump(position=13_000, frames=10_000)
    assert (one.airing.segue, one.airing.offset_frames) == (None, 2_000)
