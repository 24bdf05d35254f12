"""One distant worker: hands briefs over, waits, fetches the sounds, believes nothing of them unseen."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from generation.backend import Progress
from generation.brief import Brief
from generation.errors import BackendAway, GenerationFailed, StudioError
from generation.remote.caller import Caller, Clock
from generation.remote.calling import Calls, clean
from generation.remote.checking import Unpack, check_told, take_of
from generation.remote.dialect import Dialect
from generation.remote.options import RemoteOptions
from generation.remote.runpod import RunPodEndpoint
from generation.remote.shapes import PROTOCOL, AboutWorker, ErrandTold, Fault, Format, State
from generation.remote.signed import SignedWorker
from generation.remote.signing import SigningKey
from generation.take import Take

_SUBMISSIONS: Final = 3
"""How often an errand is handed over to a worker that forgets it."""
_MADE: Final = 0.9
"""Where in the progress the worker is done and the sound is fetched."""


class DistantWorker:
    """Nothing is asked of it before the first take, or `about`."""

    def __init__(self, address: str, key: str, caller: Caller, clock: Clock, unpack: Unpack | None, options: RemoteOptions) -> None:
        """Raises ValueError if address or key cannot be."""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
            raise ValueError("a worker's address is like https://gpu.example.org, without user, query or fragment")
        self.name: Final = parts.netloc
        self.most_at_once = options.most_at_once if options.dialect == "runpod" else 1
        """What it says that it makes together; 1 until it has."""
        self._options = options
        self._calls = Calls(caller, clock, options.attempts)
        self._dialect = _dialect(address, key, self._calls, options)
        self._unpack = unpack
        self._formats = (Format.FLAC, Format.WAV) if unpack else (Format.WAV,)
        self._known = False

    def about(self, progress: Progress) -> AboutWorker | None:
        """Asks who it is; None if it sleeps until there is work. Raises BackendAway, Untrue."""
        told = self._dialect.about(_Waiting(progress).beat)
        if told is not None:
            if told.protocol != PROTOCOL:
                raise BackendAway(f"the worker speaks version {told.protocol} of the protocol, and this house version {PROTOCOL}")
            self.most_at_once = min(told.most_at_once, self._options.most_at_once)
        self._known = True
        return told

    def make_all(self, briefs: Sequence[Brief], progress: Progress) -> list[Take]:
        """One take a brief, in order, by one errand. Raises BackendAway, GenerationFailed, Untrue; whatever it is, the worker stops."""
        if not self._known:
            self.about(progress)
        waiting = _Waiting(progress)
        told, ticket = self._made(briefs, waiting)
        try:
            takes = self._fetched(briefs, told, ticket, waiting)
        finally:
            self._dialect.call_off(ticket)  # it need not be kept any longer
        waiting.tell(1.0, "done")
        return takes

    def _made(self, briefs: Sequence[Brief], waiting: "_Waiting") -> tuple[ErrandTold, str]:
        """Hands the errand over, again if the worker forgets it, and waits until it is made."""
        ends = self._calls.clock.monotonic() + self._options.longest_seconds * len(briefs)
        for _ in range(_SUBMISSIONS):
            waiting.tell(0.0, "handing it over")
            ticket = self._dialect.submit(briefs, self._formats, waiting.beat)
            try:
                told = self._await(ticket, ends, waiting)
            except StudioError:
                self._dialect.call_off(ticket)
                raise
            if told is not None:
                return told, ticket
        self._known = False
        raise BackendAway(f"the worker forgot the errand {_SUBMISSIONS} times: perhaps it is restarted again and again")

    def _await(self, ticket: str, ends: float, waiting: "_Waiting") -> ErrandTold | None:
        """The errand, made; None if the worker has lost it."""
        clock = self._calls.clock
        while True:
            asked = clock.monotonic()
            told = self._dialect.ask(ticket, waiting.beat)
            if told is None:
                return None
            match told.state:
                case State.DONE:
                    return told
                case State.FAILED:
                    raise _failure(told)
                case State.CALLED_OFF:
                    raise GenerationFailed("the worker was told by somebody else to stop, or heard nothing of us for too long")
                case State.QUEUED:
                    waiting.tell(0.0, f"waiting behind {told.place}" if told.place else "waiting")
                case State.WORKING:
                    waiting.tell(_MADE * told.done, clean(told.doing, 80) or "working")
            if clock.monotonic() > ends:
                raise BackendAway(f"the worker was not done within {self._options.longest_seconds:.0f} s a take") from TimeoutError()
            self._calls.rest(asked + self._dialect.poll_seconds - clock.monotonic(), waiting.beat)

    def _fetched(self, briefs: Sequence[Brief], told: ErrandTold, ticket: str, waiting: "_Waiting") -> list[Take]:
        check_told(told, briefs, self._formats, self._options.permit)
        takes: list[Take] = []
        for number, (brief, written) in enumerate(zip(briefs, told.takes, strict=True)):
            waiting.tell(_MADE + (1.0 - _MADE) * number / len(briefs), "fetching the sound")
            packed = self._dialect.sound(ticket, number, written, waiting.beat)
            takes.append(take_of(brief, written, packed, self._unpack, self.name))
        return takes


class _Waiting:
    """Tells whoever waits for the take what is known, again and again, so that he can call it off."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._done, self._doing = 0.0, "waiting"

    def tell(self, done: float, doing: str) -> None:
        """May raise CalledOff. It never goes back: an errand that is handed over again starts anew."""
        self._done, self._doing = max(done, self._done), doing
        self._progress(self._done, doing)

    def beat(self) -> None:
        """Says the same again. May raise CalledOff."""
        self._progress(self._done, self._doing)


def _failure(told: ErrandTold) -> GenerationFailed:
    words = clean(told.error.message, 300) if told.error else ""
    if told.error and told.error.kind is Fault.AWAY:
        return BackendAway(f"the worker cannot work: {words or 'it does not say why'}")
    return GenerationFailed(f"the worker failed: {words or 'it does not say why'}")


def _dialect(address: str, key: str, calls: Calls, options: RemoteOptions) -> Dialect:
    if options.dialect == "runpod":
        if not key.strip():
            raise ValueError("RunPod's endpoints want a key")
        return RunPodEndpoint(address, calls, key.strip(), options.longest_seconds)
    return SignedWorker(address, calls, SigningKey(key.encode()) if key.strip() else None)
