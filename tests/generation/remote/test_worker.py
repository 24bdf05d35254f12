"""One worker from the first call to the sound, when it is well and when it is not."""

import pytest

from generation.errors import BackendAway, CalledOff, GenerationFailed
from generation.remote.errors import Untrue
from generation.remote.options import RemoteOptions
from generation.remote.worker import DistantWorker
from tests.generation.remote.far_worker import ADDRESS, BRIEF, KEY, FarWorker

WORKING = [{"state": "queued", "place": 2}, {"state": "working", "done": 0.5, "doing": "step 4 of 8"}]


def worker_of(far: FarWorker, key: str = KEY, **options: object) -> DistantWorker:
    told = RemoteOptions(**{"longest_seconds": 60.0, **options})  # type: ignore[arg-type]
    return DistantWorker(ADDRESS, key, far, far.clock, None, told)


def test_a_take_and_what_is_heard_on_the_way() -> None:
    far, heard = FarWorker(states=list(WORKING)), list[tuple[float, str]]()
    [take] = worker_of(far).make_all([BRIEF], lambda done, doing: heard.append((done, doing)))
    assert take.samples.shape == (2, 48_000 * 30)
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert {"waiting behind 2", "step 4 of 8", "fetching the sound", "done"} <= {doing for _, doing in heard}
    assert far.count("POST") == 1
    assert far.errands == {}  # it need not be kept any longer


def test_several_briefs_are_one_errand_in_their_order() -> None:
    from dataclasses import replace

    briefs = [replace(BRIEF, seed=seed, seconds=30.0 + seed) for seed in range(3)]
    takes = worker_of(far := FarWorker()).make_all(briefs, lambda *_: None)
    assert [take.brief for take in takes] == briefs
    assert [round(take.seconds) for take in takes] == [30, 31, 32]
    assert far.count("POST") == 1


def test_the_sound_comes_in_pieces() -> None:
    far = FarWorker()
    worker_of(far).make_all([BRIEF], lambda *_: None)
    pieces = [target for _, target in far.calls if "/takes/" in target]
    assert len(pieces) == 3  # 11.5 MB
    assert "from=4194304&bytes=4194304" in pieces[1]


def test_what_breaks_off_is_not_begun_anew() -> None:
    far = FarWorker(script=["ok"] * 4 + ["silent", "502"])
    worker_of(far).make_all([BRIEF], lambda *_: None)
    pieces = [target for _, target in far.calls if "/takes/" in target]
    assert len(pieces) == 5
    assert len(set(pieces)) == 3


def test_a_worker_that_was_restarted_is_given_the_errand_again() -> None:
    far = FarWorker(forget=2)
    worker_of(far).make_all([BRIEF], lambda *_: None)
    assert far.count("POST") == 3


def test_one_that_forgets_for_ever_is_away() -> None:
    with pytest.raises(BackendAway, match="forgot the errand 3 times"):
        worker_of(far := FarWorker(forget=99)).make_all([BRIEF], lambda *_: None)
    assert far.count("POST") == 3


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        ({"kind": "away", "message": "no GPU\x1b[0m"}, BackendAway, r"cannot work: no GPU \[0m"),
        ({"kind": "failed", "message": "too long"}, GenerationFailed, "failed: too long"),
        (None, GenerationFailed, "does not say why"),
    ],
)
def test_its_failures_are_told_on(error: dict[str, str] | None, kind: type[GenerationFailed], words: str) -> None:
    far = FarWorker(states=[{"state": "failed", **({"error": error} if error else {})}])
    with pytest.raises(kind, match=words) as raised:
        worker_of(far).make_all([BRIEF], lambda *_: None)
    assert type(raised.value) is kind


def test_one_that_is_never_done_is_left_and_told_so() -> None:
    far = FarWorker(states=[{"state": "working"}] * 10_000)
    with pytest.raises(BackendAway, match="not done within 60 s") as raised:
        worker_of(far).make_all([BRIEF], lambda *_: None)
    assert isinstance(raised.value.__cause__, TimeoutError)
    assert far.clock.monotonic() < 70.0
    assert far.count("DELETE") == 1


def test_nobody_there() -> None:
    far = FarWorker(script=["silent"] * 99)
    with pytest.raises(BackendAway, match="6 times: no whole answer"):
        worker_of(far).make_all([BRIEF], lambda *_: None)


def test_called_off_at_any_moment_it_stops_there_too() -> None:
    """After each number of things heard, once: it is raised, and the worker knows."""
    whole = list[str]()
    worker_of(FarWorker(states=list(WORKING))).make_all([BRIEF], lambda _, doing: whole.append(doing))
    for after in range(1, len(whole)):
        far, heard = FarWorker(states=list(WORKING)), list[str]()

        def progress(_done: float, doing: str, heard: list[str] = heard, after: int = after) -> None:
            heard.append(doing)
            if len(heard) >= after:
                raise CalledOff

        with pytest.raises(CalledOff):
            worker_of(far).make_all([BRIEF], progress)
        assert far.errands == {}, f"after {after}"


@pytest.mark.parametrize("target", ["about", "errands"])
def test_an_answer_that_is_forged_is_none(target: str) -> None:
    far = FarWorker(script=["forged"] * 6 if target == "about" else ["ok"] + ["forged"] * 6)
    with pytest.raises(BackendAway, match="not signed with our key"):
        worker_of(far).make_all([BRIEF], lambda *_: None)


def test_another_key() -> None:
    with pytest.raises(BackendAway, match="does not take our key"):
        worker_of(FarWorker(), key="f" * 32).make_all([BRIEF], lambda *_: None)


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        ({"id": "f" * 16}, "another errand"),
        ({"takes": []}, "0 takes of 1 briefs"),
        ({"state": "resting"}, "not in the format"),
    ],
)
def test_it_lies_about_the_errand(lie: dict[str, object], words: str) -> None:
    far = FarWorker(lies=lambda told: {**told, **lie} if told.get("state") == "done" else told)
    with pytest.raises(Untrue, match=words):
        worker_of(far).make_all([BRIEF], lambda *_: None)
    assert far.count("DELETE") == 1


def test_it_sends_less_than_it_told_of() -> None:
    far = FarWorker(sound=lambda packed: packed[:-1])
    with pytest.raises(Untrue, match="bytes of sound where it has told of"):
        worker_of(far).make_all([BRIEF], lambda *_: None)
    assert far.errands == {}


def test_it_is_asked_who_it_is_once() -> None:
    far = FarWorker()
    worker = worker_of(far, most_at_once=2)
    assert worker.most_at_once == 1
    for _ in range(2):
        worker.make_all([BRIEF], lambda *_: None)
    assert worker.most_at_once == 2
    assert far.count("GET", "/about") == 1


def test_one_of_another_time_is_not_worked_with() -> None:
    far = FarWorker(lies=lambda told: {**told, "protocol": 2})
    with pytest.raises(BackendAway, match="version 2"):
        worker_of(far).make_all([BRIEF], lambda *_: None)


def test_without_a_key_nothing_is_signed() -> None:
    far = FarWorker(key="")
    assert len(worker_of(far, key="").make_all([BRIEF], lambda *_: None)) == 1


@pytest.mark.parametrize(
    "address",
    ["gpu.example", "ftp://gpu.example", "https://", "https://me:pw@gpu.example", "https://gpu.example/?a=1", "https://gpu.example/#a"],
)
def test_what_is_no_address(address: str) -> None:
    far = FarWorker()
    with pytest.raises(ValueError, match="address"):
        DistantWorker(address, KEY, far, far.clock, None, RemoteOptions())


def test_a_short_key_is_refused_and_not_shown() -> None:
    with pytest.raises(ValueError, match="32") as raised:
        worker_of(FarWorker(), key="hunter2")
    assert "hunter2" not in str(raised.value)
