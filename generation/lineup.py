"""The lineup: the backends of a house in the order in which they are asked, and which of them rest after a failure.

Whatever goes wrong in one of them is counted by reason and costs it a rest that doubles with each failure in a row; the next one is
asked at once. It knows no brief from another and judges no take: that is the studio's business.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from generation.backend import Backend, Progress
from generation.brief import Brief
from generation.errors import CalledOff, GenerationFailed, InvalidBrief
from generation.failure import Failure, failure_of
from generation.take import Take

FIRST_REST_SECONDS: Final = 15.0
LONGEST_REST_SECONDS: Final = 300.0
LONGEST_MAKING_SECONDS: Final = 900.0


class BackendsRest(GenerationFailed):
    """Every backend rests after failures."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"every backend rests after failures; the next one is asked in {seconds:.0f} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class BackendStanding:
    """How one backend stands."""

    name: str
    licence: str
    attribution: str
    made: int
    """Takes, the critic's refusals among them."""
    making_seconds: float
    """All of them together."""
    failures: Mapping[Failure, int]
    failures_in_a_row: int
    """0: it works, as far as is known. One that has rested has still to prove itself."""
    last_error: str
    resting_seconds: float
    """How long it will still rest; 0: it is asked."""


@dataclass(slots=True)
class _Record:
    """What is remembered of one backend."""

    made: int = 0
    making_seconds: float = 0.0
    failures: Counter[Failure] = field(default_factory=Counter)
    in_a_row: int = 0
    rests_until: float = float("-inf")
    last_error: str = ""


class Lineup:
    """Used by one thread at a time; `standing` may be asked by any."""

    def __init__(self, backends: Sequence[Backend], clock: Callable[[], float], longest_seconds: float = LONGEST_MAKING_SECONDS) -> None:
        """`clock`: monotonic seconds. A backend that needs longer than `longest_seconds` for one take is called off."""
        if not backends:
            raise ValueError("a lineup needs at least one backend")
        self._backends = tuple(backends)
        self._clock = clock
        self._longest_seconds = longest_seconds
        self._records = {backend.name: _Record() for backend in backends}

    def awake(self) -> tuple[Backend, ...]:
        """Those that may be asked now, in their order. Raises BackendsRest if there is none."""
        now = self._clock()
        found = tuple(backend for backend in self._backends if self._records[backend.name].rests_until <= now)
        if not found:
            raise BackendsRest(min(record.rests_until for record in self._records.values()) - now)
        return found

    def make(self, brief: Brief, progress: Progress) -> Take:
        """A take by the first backend that can, not judged. Raises GenerationFailed if none can."""
        last: GenerationFailed | None = None
        for backend in self.awake():
            try:
                [take] = self.ask(backend, [brief], progress)
            except GenerationFailed as error:
                last = error
            else:
                self.succeeded(backend)
                return take
        raise last or GenerationFailed("no backend was asked")

    def ask(self, backend: Backend, briefs: Sequence[Brief], progress: Progress) -> list[Take]:
        """One take a brief of this backend: together, if it makes several at once.

        Raises GenerationFailed, and then has noted it; InvalidBrief and CalledOff are the asker's.
        """
        began = self._clock()
        watched = _Deadline(progress, self._clock, began + self._longest_seconds * len(briefs))
        try:
            takes = _takes(backend, briefs, watched)
        except InvalidBrief:
            raise
        except CalledOff as error:
            if not watched.missed:
                raise
            late = TimeoutError(f"it took longer than {self._longest_seconds:.0f} s a take and was called off")
            raise self._noted(backend, late) from error
        except Exception as error:
            raise self._noted(backend, error) from error
        record = self._records[backend.name]
        record.made += len(takes)
        record.making_seconds += self._clock() - began
        return takes

    def succeeded(self, backend: Backend) -> None:
        """What it made was good: its failures in a row are forgotten."""
        self._records[backend.name].in_a_row = 0

    def fail(self, backend: Backend, error: BaseException) -> Failure:
        """Notes a failure, and has the backend rest."""
        record, failure = self._records[backend.name], failure_of(error)
        record.failures[failure] += 1
        record.last_error = " ".join(str(error).split())[:500] or type(error).__name__
        rest = min(LONGEST_REST_SECONDS, FIRST_REST_SECONDS * 2.0**record.in_a_row)
        record.in_a_row += 1
        record.rests_until = self._clock() + rest
        if failure is Failure.MEMORY:
            backend.close()  # what it holds may be what the others lack
        return failure

    def standing(self) -> tuple[BackendStanding, ...]:
        """Every backend, in order."""
        now = self._clock()
        return tuple(_standing(backend, self._records[backend.name], now) for backend in self._backends)

    @property
    def backends(self) -> tuple[Backend, ...]:
        """All, in their order, whether they rest or not."""
        return self._backends

    def close(self) -> None:
        """Has every backend let go of what it holds."""
        for backend in self._backends:
            backend.close()

    def _noted(self, backend: Backend, error: BaseException) -> GenerationFailed:
        """The failure as the asker hears of it."""
        self.fail(backend, error)
        if isinstance(error, GenerationFailed):
            return error
        return GenerationFailed(f"{backend.name}: {str(error) or type(error).__name__}")


def _takes(backend: Backend, briefs: Sequence[Brief], progress: Progress) -> list[Take]:
    most = most_at_once(backend)
    found: list[Take] = []
    for first in range(0, len(briefs), most):
        some = briefs[first : first + most]
        found += backend.make_all(some, progress) if most > 1 else [backend.make(some[0], progress)]  # type: ignore[attr-defined]
    return found


def most_at_once(backend: Backend) -> int:
    """How many takes it makes together; 1 for one that makes them one by one."""
    return max(1, int(getattr(backend, "most_at_once", 1)))


def _standing(backend: Backend, record: _Record, now: float) -> BackendStanding:
    return BackendStanding(
        name=backend.name,
        licence=backend.licence.name,
        attribution=backend.licence.attribution,
        made=record.made,
        making_seconds=record.making_seconds,
        failures=dict(record.failures),
        failures_in_a_row=record.in_a_row,
        last_error=record.last_error,
        resting_seconds=max(0.0, record.rests_until - now),
    )


class _Deadline:
    """A Progress that passes on what it hears, and calls the work off when its time is over."""

    def __init__(self, progress: Progress, clock: Callable[[], float], until: float) -> None:
        self.missed = False
        self._progress = progress
        self._clock = clock
        self._until = until

    def __call__(self, done: float, doing: str) -> None:
        """Raises CalledOff."""
        if self._clock() > self._until:
            self.missed = True
            raise CalledOff("it takes too long")
        self._progress(done, doing)
