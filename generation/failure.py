"""Why a backend made no take, in one word: what is counted, shown and alarmed about."""

from enum import StrEnum

from generation.errors import BackendAway, GenerationFailed, TakesRefused


class Failure(StrEnum):
    """The reasons that are told apart."""

    MEMORY = "memory"
    """The machine, or its GPU, has no room."""
    AWAY = "away"
    """It cannot work at all now: no library, no weights, no answer."""
    TIME = "time"
    """It took too long and was called off."""
    REFUSED = "refused"
    """The critic refused all that it made."""
    DISK = "disk"
    """It was made and could not be kept."""
    FAILED = "failed"
    """It could not make this one."""
    BROKEN = "broken"
    """An error that nobody foresaw."""


def failure_of(error: BaseException) -> Failure:
    """What kind of failure an error is. Libraries wrap their own out-of-memory errors, so its causes are looked at too."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    if any(_wants_memory(one) for one in causes):
        return Failure.MEMORY
    if any(isinstance(one, TimeoutError) for one in causes):
        return Failure.TIME
    if isinstance(error, OSError):
        return Failure.DISK
    if isinstance(error, TakesRefused):
        return Failure.REFUSED
    if isinstance(error, BackendAway):
        return Failure.AWAY
    return Failure.FAILED if isinstance(error, GenerationFailed) else Failure.BROKEN


def _wants_memory(error: BaseException) -> bool:
    return isinstance(error, MemoryError) or "OutOfMemory" in type(error).__name__ or "out of memory" in str(error).lower()
