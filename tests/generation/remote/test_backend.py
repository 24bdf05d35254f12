"""Several workers as one backend."""

import pytest

from generation.errors import BackendAway, CalledOff, GenerationFailed
from generation.licence import Licence
from generation.remote.backend import NOT_YET_TOLD, Remote
from generation.remote.options import Permit, RemoteOptions
from generation.remote.shapes import LicenceWritten
from tests.generation.remote.far_worker import BRIEF, KEY, FarWorker


class Two:
    """A Caller that knows two workers by their hosts."""

    def __init__(self, first: FarWorker, second: FarWorker) -> None:
        self.by_host = {"one.example": first, "two.example": second}
        second.clock = first.clock

    def call(self, method: str, url: str, *rest: object) -> object:
        return self.by_host[url.split("/")[2]].call(method, url, *rest)  # type: ignore[arg-type]

    def close(self) -> None:
        for far in self.by_host.values():
            far.close()


def remote_of(first: FarWorker, second: FarWorker, options: RemoteOptions | None = None) -> Remote:
    two = Two(first, second)
    return Remote(["https://one.example/studio", "https://two.example/studio"], KEY, two, first.clock, options=options)  # type: ignore[arg-type]


def test_the_next_one_is_asked_where_one_is_away_and_stays_the_first() -> None:
    first, second = FarWorker(script=["silent"] * 99), FarWorker()
    remote = remote_of(first, second)
    assert remote.make(BRIEF).provenance["worker"] == "two.example"
    tried = len(first.calls)
    assert remote.make(BRIEF).provenance["worker"] == "two.example"
    assert len(first.calls) == tried


def test_one_that_lies_is_left_for_an_honest_one() -> None:
    first = FarWorker(sound=lambda packed: bytes(len(packed)))
    assert remote_of(first, FarWorker()).make(BRIEF).provenance["worker"] == "two.example"


def test_a_brief_that_one_could_not_make_is_not_tried_elsewhere() -> None:
    first, second = FarWorker(states=[{"state": "failed", "error": {"kind": "failed"}}]), FarWorker()
    with pytest.raises(GenerationFailed, match="failed"):
        remote_of(first, second).make(BRIEF)
    assert second.calls == []


def test_when_all_are_away_it_is_said_of_the_last() -> None:
    with pytest.raises(BackendAway, match="does not answer"):
        remote_of(FarWorker(script=["silent"] * 99), FarWorker(script=["503"] * 99)).make(BRIEF)


def test_called_off_is_nobody_s_failure() -> None:
    second = FarWorker()

    def progress(_done: float, _doing: str) -> None:
        raise CalledOff

    with pytest.raises(CalledOff):
        remote_of(FarWorker(), second).make(BRIEF, progress)
    assert second.calls == []


def test_the_licence_is_what_the_worker_told() -> None:
    remote = remote_of(FarWorker(), FarWorker())
    assert remote.licence == NOT_YET_TOLD
    take = remote.make(BRIEF)
    assert take.licence == remote.licence == Licence("CC0-1.0", commercial_ok=True)


def test_a_station_that_earns_money_takes_nothing_that_it_may_not_air() -> None:
    forbidden = {"name": "CC-BY-NC-4.0", "commercial_ok": False}
    assert LicenceWritten(**forbidden)  # type: ignore[arg-type]
    far = FarWorker(lies=lambda told: {**told, "takes": [{**take, "licence": forbidden} for take in told.get("takes", [])]})
    with pytest.raises(GenerationFailed, match="CC-BY-NC"):
        remote_of(far, far, RemoteOptions(permit=Permit(monetised=True))).make(BRIEF)
    assert not any("/takes/" in target for _, target in far.calls)  # its sound is not even fetched


def test_who_they_are() -> None:
    told = remote_of(FarWorker(), FarWorker()).about()
    assert {name: about.name if about else "" for name, about in told.items()} == {"one.example": "far", "two.example": "far"}


def test_it_lets_go_and_comes_back() -> None:
    first = FarWorker()
    remote = remote_of(first, FarWorker())
    remote.close()
    assert first.closed == 1
    assert remote.make(BRIEF).seconds == 30.0
    assert remote.make_all([]) == []
    assert remote.most_at_once == 4


def test_nobody_named() -> None:
    far = FarWorker()
    with pytest.raises(ValueError, match="no worker"):
        Remote([], KEY, far, far.clock)
