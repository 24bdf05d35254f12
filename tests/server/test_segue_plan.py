"""A segue's plan crosses the wire and lies in the state on the disk: plain values that come back as they went."""

import msgspec
import pytest

from dsp.block import frames_of
from server.segue_plan import Curve, SegueKind, SeguePlan, SharedBeat
from server.track import Airing, Entry, Reason
from server.wire.wire import NowPlaying, frame, read_down
from tests.server.virtual_station import track

BEAT = SharedBeat(16, 64, 22_500.0, 22_325.6, 0.99225, stretched=False)
PLAN = SeguePlan(SegueKind.BEATMATCHED, "128.0 and 129.0 BPM …", "e-a", "e-b", 1_000, frames_of(30.0), Curve.EQUAL_POWER, 0.1, BEAT)


@pytest.mark.parametrize("plan", [PLAN, SeguePlan(SegueKind.COLD, "It ends cold.", "e-a", "e-b", 9, 480), None])
def test_it_crosses_the_wire(plan: SeguePlan | None) -> None:
    entry = Entry("e-b", track("b"), Reason.LIBRARY)
    news = NowPlaying(960, Airing(entry, 960, 9_600, -120, plan), [entry], [Airing(entry, 0, 960)], plan)
    assert read_down(frame(news)[4:]) == news


def test_an_engine_that_knows_no_plans_is_understood() -> None:
    entry = Entry("e-b", track("b"), Reason.LIBRARY)
    told = msgspec.to_builtins(NowPlaying(960, Airing(entry, 960, 9_600), [entry], []))
    del told["segue"], told["airing"]["segue"]
    for one in (told["airing"]["entry"], told["upcoming"][0]):
        del one["track"]["hearing"]
    news = read_down(msgspec.msgpack.encode(told))
    assert isinstance(news, NowPlaying)
    assert (news.segue, news.airing.segue) == (None, None)


def test_a_state_on_the_disk_is_read_back() -> None:
    airing = Airing(Entry("e-b", track("b"), Reason.LIBRARY), 960, 9_600, 0, PLAN)
    assert msgspec.json.decode(msgspec.json.encode(airing), type=Airing) == airing
