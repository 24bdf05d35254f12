"""RunPod's dialect: an endpoint that starts machines when there is work (/run, /status, /cancel), with a bearer's key.

Its queue knows nothing of our ids: who hands an errand over twice pays twice, so that is tried twice at most. What it answers is bound to
about ten megabytes, less than a track: its handler puts the sound where it can be fetched and tells the address. Source of the shapes:
docs.runpod.io, "Operation reference".
"""

import binascii
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import msgspec

from generation.brief import Brief
from generation.errors import BackendAway, GenerationFailed, StudioError
from generation.remote.caller import Reply
from generation.remote.calling import Beat, Calls, Request, clean, said
from generation.remote.dialect import read, written
from generation.remote.errors import Untrue
from generation.remote.shapes import (
    AboutWorker,
    ErrandAsked,
    ErrandTold,
    Fault,
    FaultWritten,
    Share,
    State,
    TakeWritten,
    Text,
    errand_id,
    written_brief,
)

LARGEST_ANSWER_BYTES: Final = 64_000_000
_ANSWER_SECONDS: Final = 30.0
_SOUND_SECONDS: Final = 300.0
_LOST: Final = 404
_STATES: Final = {
    "IN_QUEUE": State.QUEUED,
    "IN_PROGRESS": State.WORKING,
    "RUNNING": State.WORKING,
    "COMPLETED": State.DONE,
    "FAILED": State.FAILED,
    "TIMED_OUT": State.FAILED,
    "CANCELLED": State.CALLED_OFF,
}


class _Run(msgspec.Struct):
    id: str
    status: str
    output: Any = None
    error: Any = None


class _Made(msgspec.Struct):
    """What a handler returns (generation/remote/serverless.py)."""

    takes: tuple[TakeWritten, ...] = ()
    error: FaultWritten | None = None


class _Way(msgspec.Struct):
    """What a handler tells while it works."""

    done: Share = 0.0
    doing: Text = ""


class RunPodEndpoint:
    """`address` is the endpoint's: https://api.runpod.ai/v2/ENDPOINT."""

    poll_seconds: float = 2.0

    def __init__(self, address: str, calls: Calls, key: str, longest_seconds: float) -> None:
        self._address = address.rstrip("/")
        self._calls = calls
        self._key = key
        self._longest_seconds = longest_seconds

    def about(self, beat: Beat) -> AboutWorker | None:  # noqa: ARG002
        """It is asleep until there is work."""
        return None

    def submit(self, briefs: Sequence[Brief], formats: Sequence[str], beat: Beat) -> str:
        """A forsaken run ends by itself: it has a time to live."""
        errand = ErrandAsked(errand_id(briefs), tuple(written_brief(brief) for brief in briefs), tuple(formats))
        milliseconds = int(1000 * self._longest_seconds)
        body = written({"input": errand, "policy": {"executionTimeout": milliseconds, "ttl": 2 * milliseconds}})
        reply = self._ask("POST", "/run", body, beat, attempts=2)
        if reply.status in (400, 413, 422):
            raise GenerationFailed(f"the endpoint will not make this: {said(reply.body)}")
        return _ticket(read(_checked(reply).body, _Run).id)

    def ask(self, ticket: str, beat: Beat) -> ErrandTold | None:
        """How the run stands. Its takes come with the answer that it is done."""
        reply = self._ask("GET", f"/status/{ticket}", b"", beat)
        if reply.status == _LOST:
            return None
        run = read(_checked(reply).body, _Run)
        state = _STATES.get(run.status)
        if state is None:
            raise Untrue(f"the endpoint told of a state that is unknown: {clean(run.status, 40)}")
        if state is State.FAILED:
            return ErrandTold(ticket, state, error=FaultWritten(Fault.FAILED, clean(str(run.error or run.status), 400)))
        if state is State.DONE:
            made = _converted(run.output, _Made)
            if made is None:
                raise Untrue("what the endpoint made is not in the format of the protocol")
            return ErrandTold(ticket, State.FAILED if made.error else state, 1.0, error=made.error, takes=made.takes)
        way = _converted(run.output, _Way) or _Way()
        return ErrandTold(ticket, state, way.done, way.doing)

    def sound(self, ticket: str, number: int, take: TakeWritten, beat: Beat) -> bytes:  # noqa: ARG002
        """From the answer itself, or from where it says; the key is not sent there."""
        if take.base64:
            try:
                return binascii.a2b_base64(take.base64, strict_mode=True)
            except ValueError:
                raise Untrue("the endpoint's sound is not in base64") from None
        if not take.url:
            raise Untrue("the endpoint's take has neither a sound nor an address of one")
        reply = self._calls.answered(lambda: Request("GET", take.url, {}), beat, _SOUND_SECONDS, take.bytes)
        if reply.status != 200:
            raise Untrue(f"where the endpoint's sound should be, the answer is {reply.status}")
        return reply.body

    def call_off(self, ticket: str) -> None:
        """One attempt: the run has a time to live."""
        with suppress(StudioError):
            self._ask("POST", f"/cancel/{ticket}", b"", lambda: None, attempts=1)

    def _ask(self, method: str, target: str, body: bytes, beat: Beat, attempts: int | None = None) -> Reply:
        headers: Mapping[str, str] = {"Authorization": f"Bearer {self._key}", **({"Content-Type": "application/json"} if body else {})}
        request = Request(method, f"{self._address}{target}", headers, body)
        return self._calls.answered(lambda: request, beat, _ANSWER_SECONDS, LARGEST_ANSWER_BYTES, attempts=attempts)


def _checked(reply: Reply) -> Reply:
    if reply.status in (401, 403):
        raise BackendAway("the endpoint does not take our key")
    if not 200 <= reply.status < 300:
        raise BackendAway(f"the endpoint answered {reply.status}: {said(reply.body)}")
    return reply


def _ticket(given: str) -> str:
    """It becomes part of an address."""
    if not 0 < len(given) <= 100 or not all(one.isalnum() or one in "-_" for one in given) or not given.isascii():
        raise Untrue("the endpoint gave an id that is none")
    return given


def _converted(value: Any, shape: type[Any]) -> Any:
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError:
        return None
