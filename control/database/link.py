"""How the office reaches its database. A value that the roof fills in; it says nothing of where the server comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DatabaseLink:
    """One process's share of the database."""

    url: str
    """postgresql://user:password@host:port/name; `?host=/folder` for a Unix socket."""
    replica_urls: tuple[str, ...] = ()
    """Servers that replay the first one's log; reads may go there."""
    connections: int = 10
    """At most so many at once to each server. All processes together share one budget (control/database/budget.py)."""
    command_timeout_seconds: float = 1.8
    """No call takes longer, whatever the server does."""
    lock_timeout_seconds: float = 1.0
    """A statement that waits longer for somebody's lock is given up."""
    idle_transaction_seconds: float = 5.0
    """The server ends a transaction in which nothing is asked for so long."""
    slow_query_seconds: float = 0.25
    """A statement that takes longer is logged."""
    replica_lag_seconds: float = 1.0
    """A replica that lacks a write older than this is not read from."""
    name: str = "sonicforge"
    """How the connections are called in pg_stat_activity."""
