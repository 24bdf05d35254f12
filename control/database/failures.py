"""What asyncpg raises, in the office's own refusals.

A failure is one of three: the server is away, the server is there but this statement was given up, or the statement itself is wrong.
Only the first two become refusals. The third passes as asyncpg raised it: constraints are part of how repositories work.
"""

from typing import Final

from asyncpg import exceptions

from control.errors import DatabaseAway

RETRY_AFTER_SECONDS: Final = 2.0
"""A restart and its recovery are usually over by then."""
FULL_RETRY_AFTER_SECONDS: Final = 30.0


class DatabaseBusy(DatabaseAway):
    """The database takes too long; try again in a moment"""

    code = "database-busy"


class DatabaseFull(DatabaseAway):
    """The database has no room left; nothing can be changed until there is"""

    code = "database-full"


GONE: Final = (
    OSError,
    exceptions.PostgresConnectionError,
    exceptions.AdminShutdownError,
    exceptions.CrashShutdownError,
    exceptions.CannotConnectNowError,
    exceptions.TooManyConnectionsError,
    exceptions.InvalidAuthorizationSpecificationError,
    exceptions.InvalidCatalogNameError,
    exceptions.ReadOnlySQLTransactionError,
)
"""The server, or the way to it, is not what it should be. A TimeoutError is an OSError too: look whether a call was given up first."""
GIVEN_UP: Final = (
    TimeoutError,
    exceptions.QueryCanceledError,
    exceptions.LockNotAvailableError,
    exceptions.DeadlockDetectedError,
    exceptions.IdleInTransactionSessionTimeoutError,
)
FULL: Final = (exceptions.InsufficientResourcesError,)


def away(detail: str = "") -> DatabaseAway:
    return DatabaseAway(detail, retry_after_seconds=RETRY_AFTER_SECONDS)


def busy() -> DatabaseBusy:
    return DatabaseBusy(retry_after_seconds=RETRY_AFTER_SECONDS)


def refusal(error: BaseException, connection_lost: bool) -> DatabaseAway | None:
    """The refusal that says what `error` means; None where the statement itself was wrong."""
    if isinstance(error, GIVEN_UP):
        return busy()
    if isinstance(error, GONE) or connection_lost:
        return away()
    if isinstance(error, FULL):
        return DatabaseFull(retry_after_seconds=FULL_RETRY_AFTER_SECONDS)
    return None
