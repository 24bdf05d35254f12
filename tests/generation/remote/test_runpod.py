"""RunPod's dialect against an endpoint that answers as theirs does, with our handler behind it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from generation.errors import BackendAway, CalledOff, GenerationFailed
from generation.remote.backend import Remote
from generation.remote.caller import Reply
from generation.remote.errors import NoReply, Untrue
from generation.remote.options import RemoteOptions
from generation.remote.serverless import answer
from server.clock import VirtualClock
from tests.generation.remote.far_worker import BRIEF, take_of

KEY = "rpa_a-key-of-theirs"
ADDRESS = "https://api.runpod.ai/v2/abc123"
STORE = "https://store.example/bucket"


@dataclass
class Endpoint:
    """A Caller. What a run's status says before it is done stands in `states`; `change` alters what it made."""

    clock: VirtualClock = field(default_factory=VirtualClock)
    states: list[dict[str, Any]] = field(default_factory=list)
    change: Callable[[dict[str, Any]], dict[str, Any]] = lambda output: output
    silent_runs: int = 0
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)
    calls: list[tuple[str, str, bool]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)

    def call(self, method: str, url: str, headers: Mapping[str, str], body: bytes, *_bounds: float) -> Reply:
        self.calls.append((method, url, "Authorization" in headers))
        parts = urlsplit(url)
        if parts.hostname == "store.example":
            return Reply(200, self.stored[parts.path.rsplit("/", 1)[-1]])
        if headers.get("Authorization") != f"Bearer {KEY}":
            return Reply(401, b"")
        match method, parts.path.split("/")[3:]:
            case "POST", ["run"]:
                return self._run(json.loads(body))
            case "GET", ["status", run] if run in self.runs:
                if self.states:
                    return Reply(200, json.dumps({"id": run, "delayTime": 31618, **self.states.pop(0)}).encode())
                output = self.change(answer(self.runs[run], lambda briefs, _: [take_of(one) for one in briefs], self.store))
                return Reply(200, json.dumps({"id": run, "status": "COMPLETED", "executionTime": 1437, "output": output}).encode())
            case "POST", ["cancel", run]:
                self.cancelled.append(run)
                return Reply(200, json.dumps({"id": run, "status": "CANCELLED"}).encode())
        return Reply(404, b"")

    def close(self) -> None: ...

    def store(self, name: str, sound: bytes) -> str:
        self.stored[name] = sound
        return f"{STORE}/{name}"

    def _run(self, asked: dict[str, Any]) -> Reply:
        if self.silent_runs:
            self.silent_runs -= 1
            raise NoReply("no whole answer within 30 s")
        assert asked["policy"] == {"executionTimeout": 60_000, "ttl": 120_000}
        run = f"run-{len(self.runs)}-u1"
        self.runs[run] = asked["input"]
        return Reply(200, json.dumps({"id": run, "status": "IN_QUEUE"}).encode())


def remote_of(endpoint: Endpoint, key: str = KEY) -> Remote:
    return Remote([ADDRESS], key, endpoint, endpoint.clock, options=RemoteOptions(dialect="runpod", longest_seconds=60.0))


def test_a_take_by_way_of_a_store() -> None:
    endpoint = Endpoint(states=[{"status": "IN_QUEUE"}, {"status": "IN_PROGRESS", "output": {"done": 0.5, "doing": "step 4 of 8"}}])
    heard: list[tuple[float, str]] = []
    take = remote_of(endpoint).make(BRIEF, lambda done, doing: heard.append((done, doing)))
    assert take.samples.shape == (2, 48_000 * 30)
    assert (0.45, "step 4 of 8") in heard
    assert (take.provenance["backend"], take.provenance["worker"]) == ("remote", "api.runpod.ai")
    assert len(endpoint.runs) == 1


def test_the_key_goes_to_the_endpoint_alone() -> None:
    endpoint = Endpoint()
    remote_of(endpoint).make(BRIEF)
    assert {(urlsplit(url).hostname, keyed) for _, url, keyed in endpoint.calls} == {("api.runpod.ai", True), ("store.example", False)}


def test_it_is_not_asked_every_moment() -> None:
    endpoint = Endpoint(states=[{"status": "IN_PROGRESS"}] * 5)
    remote_of(endpoint).make(BRIEF)
    assert 10.0 <= endpoint.clock.monotonic() <= 12.0


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ({"status": "FAILED", "error": "handler: boom\x1b[0m"}, GenerationFailed, r"handler: boom \[0m"),
        ({"status": "TIMED_OUT"}, GenerationFailed, "TIMED_OUT"),
        ({"status": "CANCELLED"}, GenerationFailed, "told by somebody else"),
        ({"status": "COMPLETED", "output": {"error": {"kind": "away", "message": "no memory"}}}, BackendAway, "no memory"),
        ({"status": "COMPLETED", "output": "a text"}, Untrue, "not in the format"),
        ({"status": "COMPLETED", "output": {"takes": [{"brief": "x"}]}}, Untrue, "not in the format"),
        ({"status": "DREAMING"}, Untrue, "unknown: DREAMING"),
    ],
)
def test_runs_that_end_badly(said: dict[str, Any], kind: type[Exception], words: str) -> None:
    endpoint = Endpoint(states=[said])
    with pytest.raises(kind, match=words):
        remote_of(endpoint).make(BRIEF)
    assert endpoint.cancelled == ["run-0-u1"]


def first(output: dict[str, Any], **values: object) -> dict[str, Any]:
    return {"takes": [{**output["takes"][0], **values}]}


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        ({"url": ""}, "neither a sound nor an address"),
        ({"base64": "not base64!"}, "not in base64"),
        ({"base64": "AAAA"}, "has 3 bytes"),
        ({"sha256": "0" * 64}, "checksum"),
        ({"brief": "0" * 16}, "another brief"),
    ],
)
def test_outputs_that_lie(lie: dict[str, object], words: str) -> None:
    with pytest.raises(Untrue, match=words):
        remote_of(Endpoint(change=lambda output: first(output, **lie))).make(BRIEF)


def test_handing_over_is_tried_twice_and_no_more() -> None:
    assert remote_of(once := Endpoint(silent_runs=1)).make(BRIEF).seconds == 30.0
    assert len(once.runs) == 1
    with pytest.raises(BackendAway, match="2 times: no whole answer"):
        remote_of(Endpoint(silent_runs=2)).make(BRIEF)


def test_called_off_the_run_is_cancelled() -> None:
    endpoint = Endpoint(states=[{"status": "IN_PROGRESS"}] * 99)

    def progress(_done: float, _doing: str) -> None:
        if endpoint.clock.monotonic() > 5.0:
            raise CalledOff

    with pytest.raises(CalledOff):
        remote_of(endpoint).make(BRIEF, progress)
    assert endpoint.cancelled == ["run-0-u1"]


def test_an_id_that_would_lead_elsewhere() -> None:
    class Evil(Endpoint):
        def _run(self, asked: dict[str, Any]) -> Reply:  # noqa: ARG002
            return Reply(200, b'{"id": "../../v2/other/purge-queue", "status": "IN_QUEUE"}')

    with pytest.raises(Untrue, match="an id that is none"):
        remote_of(Evil()).make(BRIEF)


def test_a_wrong_key_and_none() -> None:
    with pytest.raises(BackendAway, match="does not take our key"):
        remote_of(Endpoint(), "rpa_another").make(BRIEF)
    with pytest.raises(ValueError, match="want a key"):
        remote_of(Endpoint(), " ")
