"""The room where takes are made: one lineup and one critic for all stations of a worker. It keeps buffers full and lets commissions in.

Threads come in from outside: one steps through the buffers, others bring commissions; the turnstile lets one at a time to the backends.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Final

import structlog

from generation.backend import Backend, Progress
from generation.brief import Brief
from generation.critic.critic import Critic
from generation.errors import CalledOff, GenerationFailed, StudioError, TakesRefused
from generation.failure import failure_of
from generation.studio import Studio
from generation.take import Take
from generation.turnstile import Turnstile
from generation.worker import LOW_SHARE, Turn, make_ahead
from sonicforge.studio_desk import Desk

MOST_REST_SECONDS: Final = 5.0
"""A station's next turn is looked for at least so often."""

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StudioRoom:
    """For one worker."""

    studio: Studio
    critic: Critic
    desks: Mapping[str, Desk]
    wanted_seconds: float
    """Of approved music that is to wait, for each station."""
    monotonic: Callable[[], float]
    wall: Callable[[], float]
    chosen: str
    """Which backend is asked first, and why."""
    turnstile: Turnstile = field(default_factory=Turnstile)
    ending: Event = field(default_factory=Event)
    """Set when the worker ends: a take for the buffer is called off at the backend's next word."""

    def step(self) -> float:
        """One turn of the station whose buffer is emptiest, of those that are due. How long to rest before the next step, in seconds.

        Raises CalledOff once `ending` is set.
        """
        now = self.monotonic()
        due = [name for name, desk in self.desks.items() if desk.due_at <= now]
        if due:
            name = min(due, key=lambda one: self.desks[one].turn.buffered_seconds)
            desk = self.desks[name]
            desk.turn = self._turn(name, desk)
            desk.due_at = self.monotonic() + desk.turn.rest_seconds
        rest = min(desk.due_at for desk in self.desks.values()) - self.monotonic()
        return max(0.0, min(MOST_REST_SECONDS, rest))

    def make(self, station: str, brief: Brief, progress: Progress) -> Take:
        """A commission: waits for its turn. Raises StudioError, whatever happens."""
        with self.turnstile.commission(lambda: progress(0.0, "waiting for the studio")):
            try:
                return self._make(self.desks[station], brief, progress)
            except StudioError:
                raise
            except Exception as error:
                raise GenerationFailed(f"{failure_of(error)}: {str(error) or type(error).__name__}") from error

    def keep(self, station: str, take: Take) -> None:
        """Files a commission's take. Raises OSError, GenerationFailed."""
        self.desks[station].takes.keep(take)

    @contextmanager
    def alone(self) -> Iterator[Sequence[Backend]]:
        """The backends, while nobody else uses them."""
        with self.turnstile.commission(lambda: None):
            yield self.studio.lineup.backends

    def _turn(self, name: str, desk: Desk) -> Turn:
        began = self.monotonic()

        def make(brief: Brief, progress: Progress) -> Take:
            with self.turnstile.buffer(low=desk.turn.buffered_seconds < LOW_SHARE * self.wanted_seconds):
                return self._make(desk, brief, progress)

        def compose(number: int) -> Brief:
            self.studio.lineup.awake()  # a composer who is paid is not asked while nobody could make what he wishes
            return desk.compose(number)

        turn = make_ahead(compose, make, desk.takes, self.wanted_seconds, desk.turn, lambda _, doing: self._hear(desk, doing))
        desk.doing = ""
        if turn.counter != desk.turn.counter:
            _count(desk, turn)
        if turn.reason:
            desk.failures[turn.reason] += 1
            desk.last_failure = " ".join(turn.failure.split())[:500]
            logger.warning("no take", station=name, reason=turn.failure, kind=turn.reason, failures=turn.failures)
        elif turn.take:
            self._made(name, desk, turn.take, self.monotonic() - began)
        return turn

    def _hear(self, desk: Desk, doing: str) -> None:
        """A Progress. Raises CalledOff."""
        if self.ending.is_set():
            raise CalledOff("the worker ends")
        desk.doing = doing

    def _made(self, name: str, desk: Desk, take: Take, seconds: float) -> None:
        desk.made += 1
        desk.last_title, desk.last_made_at = take.title, self.wall()
        told = {
            "genre": take.brief.genre,
            "title": take.title,
            "artist": take.artist,
            "backend": take.provenance.get("backend", ""),
            "licence": take.licence.name,
            "score": round(take.scores.get("score", 0.0)),
        }
        logger.info("take", station=name, **told, seconds=round(take.seconds), made_in=round(seconds, 1))

    def _make(self, desk: Desk, brief: Brief, progress: Progress) -> Take:
        """By the studio, with what the critic said noted."""
        try:
            take = self.studio.make(brief, progress, desk.takes.last_vectors(brief.id))
        except TakesRefused as error:
            desk.decision, desk.decided_at = f"refused: {error}", self.wall()
            raise
        desk.decision, desk.decided_at = f"approved: {take.title}, {take.scores.get('score', 0.0):.0f} of 100", self.wall()
        return take


def _count(desk: Desk, turn: Turn) -> None:
    try:
        desk.takes.count(turn.counter)
    except OSError as error:  # after a restart the same number is asked for again, and makes the same track
        logger.warning("the studio's count could not be kept", error=str(error))
