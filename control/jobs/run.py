"""One attempt at a job, as the work sees it: which job, how to tell how far it is, how to learn that it should end.

The work never waits for the database to tell its progress: it leaves a note, and the worker carries the last one over about once a second.
"""

from asyncio import Event
from enum import StrEnum
from uuid import UUID


class JobFailed(Exception):
    """Raised by the work: another attempt would not help"""


class CallOff(StrEnum):
    """Why an attempt is asked to end early."""

    CANCELLED = "cancelled"
    """Somebody has cancelled the job."""
    HANDED_BACK = "handed back"
    """The worker ends; another one will do it."""
    LOST = "lost"
    """The job was given to another worker, because this one was taken for dead."""


class Run:
    """One attempt at one job."""

    def __init__(self, job_id: UUID, attempt: int, account_id: UUID | None = None) -> None:
        self.job_id = job_id
        self.attempt = attempt
        """1 is the first."""
        self.account_id = account_id
        """For whom."""
        self.called_off = Event()
        """Set when the work should end. It may return what it has or raise; what does not end in its kind's grace is cancelled."""
        self.why: CallOff | None = None
        self._progress: tuple[float, str] = (0.0, "")
        self._told = self._progress

    def tell(self, progress: float, words: str = "") -> None:
        """Notes how far the work is, 0 to 1, and what it does now."""
        self._progress = (min(max(progress, 0.0), 1.0), words[:200])

    def call_off(self, why: CallOff) -> None:
        """Asks the work to end. The first reason stands."""
        if self.why is None:
            self.why = why
        self.called_off.set()

    def news(self) -> tuple[float, str] | None:
        """The last note, unless it has been carried over already."""
        if self._progress == self._told:
            return None
        self._told = self._progress
        return self._told
