"""The DJ by what the engine says."""

import msgspec

from control.pipeline.rundown_seen import rundown_seen
from server.segue_plan import SegueKind, SeguePlan
from server.track import Entry, Reason
from tests.control.stations.obedient import ObedientStation


def station() -> ObedientStation:
    return ObedientStation(lambda _: None)


def test_what_airs_what_is_next_and_why() -> None:
    one = station()
    assert one.on_air is not None
    coming = one.on_air.upcoming[0]
    plan = SeguePlan(SegueKind.BEATMATCHED, "Both are in A minor: mixed over 16 bars.", one.airing.entry.id, coming.id, 0, 48_000)
    one.on_air = msgspec.structs.replace(one.on_air, segue=plan)
    standing = rundown_seen(one)
    assert (standing.state, standing.doing) == ("working", f"{one.airing.entry.track.title} airs")
    assert standing.last_decision.startswith(f"Next is {coming.track.title}: chosen from")
    assert standing.last_decision.endswith("mixed over 16 bars.")
    assert standing.decided_at == one.wall_of(one.on_air.position) > 0
    one.on_air = msgspec.structs.replace(one.on_air, upcoming=[], segue=None)
    assert rundown_seen(one).last_decision == ""


def test_away_and_stopped() -> None:
    one = station()
    one.air(Entry("b-1", one.airing.entry.track, Reason.BED))
    assert rundown_seen(one).state == "idle"
    one.filling = True
    assert rundown_seen(one).state == "away"
    one.filling, one.on_air = False, None
    assert rundown_seen(one).state == "away"
