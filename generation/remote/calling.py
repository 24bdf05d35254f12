"""Calls to a worker that are tried again: a network stutters, a proxy restarts, a queue is full for a moment.

What is called is safe to call twice: an errand has an id, and a worker makes it once. Between attempts it waits longer each time, never
longer than a second without telling whoever waits for the take, who may have changed his mind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from generation.errors import BackendAway
from generation.remote.caller import Caller, Clock, Reply
from generation.remote.errors import NoReply

FIRST_REST_SECONDS: Final = 0.5
LONGEST_REST_SECONDS: Final = 20.0
ATTEMPTS: Final = 6
_LATER: Final = frozenset({429, 500, 502, 503, 504})
_LONGEST_WORDS: Final = 200

Beat: TypeAlias = Callable[[], None]
"""Called at least once a second while something is waited for; may raise CalledOff."""


@dataclass(frozen=True, slots=True)
class Request:
    """One attempt; a new one is written for each, since its signature is good for one."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


class Calls:
    """Calls by one caller. Used by one thread at a time."""

    def __init__(self, caller: Caller, clock: Clock, attempts: int = ATTEMPTS) -> None:
        self._caller = caller
        self._clock = clock
        self._attempts = attempts

    def answered(
        self,
        write: Callable[[], Request],
        beat: Beat,
        timeout_seconds: float,
        largest_bytes: int,
        check: Callable[[Request, Reply], bool] = lambda _request, _reply: True,
        attempts: int | None = None,
    ) -> Reply:
        """The first answer that is not "later" and that passes `check`. Raises BackendAway when the attempts are used up."""
        most, why = attempts or self._attempts, ""
        for attempt in range(most):
            beat()
            rest = min(LONGEST_REST_SECONDS, FIRST_REST_SECONDS * 2.0**attempt)
            request = write()
            try:
                reply = self._caller.call(request.method, request.url, request.headers, request.body, timeout_seconds, largest_bytes)
            except NoReply as error:
                why = str(error)
            else:
                if reply.status not in _LATER:
                    if check(request, reply):
                        return reply
                    why = "the answer is not signed with our key"
                else:
                    why = f"status {reply.status}: {said(reply.body)}"
                    rest = max(rest, min(LONGEST_REST_SECONDS, reply.retry_after_seconds or 0.0))
            if attempt + 1 < most:
                self.rest(rest, beat)
        raise BackendAway(f"the worker does not answer as it should, {most} times: {why}")

    def rest(self, seconds: float, beat: Beat) -> None:
        """Waits, and calls `beat` each second."""
        ends = self._clock.monotonic() + seconds
        while (now := self._clock.monotonic()) < ends:
            beat()
            self._clock.sleep_until(min(ends, now + 1.0))

    @property
    def clock(self) -> Clock:
        return self._clock


def said(body: bytes) -> str:
    """What a worker said, fit for a log: one line, cut, nothing that a terminal would obey."""
    return clean(body[: 4 * _LONGEST_WORDS].decode(errors="replace"), _LONGEST_WORDS)


def clean(text: str, longest: int) -> str:
    """One line of what can be printed, cut."""
    return "".join(one if one.isprintable() else " " for one in " ".join(text.split()))[:longest].strip()
