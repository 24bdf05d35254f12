"""pgqueuer, as far as we use it: its queries, on the connection of a transaction that is ours.

A job's turn in the queue is one row of `pgqueuer`, written and picked by pgqueuer's own statements. Its manager and its scheduler stay
outside: picking a job and counting the attempt must be one transaction, and so must ending a job and taking it off the queue.
"""

from typing import Final, cast

from asyncpg import Connection as PlainConnection
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.models import TableChangedEvent, utc_now
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.domain.types import Channel

from control.database.server import Connection

NAMES: Final = DBSettings(
    prefix="",
    db_schema=None,
    channel=Channel("ch_pgqueuer"),
    function="fn_pgqueuer_changed",
    statistics_table="pgqueuer_statistics",
    queue_status_type="pgqueuer_status",
    queue_table="pgqueuer",
    queue_table_log="pgqueuer_log",
    trigger="tg_pgqueuer_changed",
    schedules_table="pgqueuer_schedules",
    durability=Durability.balanced,
)
"""As the migration made them. All are said, because those left out would be read from variables as common as CHANNEL or TRIGGER."""
_ENVIRONMENT: Final = QueryBuilderEnvironment(NAMES)
_QUEUE: Final = QueryQueueBuilder(NAMES)
_SCHEDULES: Final = QuerySchedulerBuilder(NAMES)


def queries(connection: Connection) -> Queries:
    """pgqueuer's statements on this connection, in its transaction."""
    return Queries(AsyncpgDriver(cast("PlainConnection", connection)), _ENVIRONMENT, _QUEUE, _SCHEDULES)


async def ring(connection: Connection) -> None:
    """Wakes every worker at the commit. pgqueuer does so itself for rows that are new or gone, not for those that come back."""
    event = TableChangedEvent(
        channel=NAMES.channel, sent_at=utc_now(), type="table_changed_event", operation="update", table=NAMES.queue_table
    )
    await connection.execute("select pg_notify($1, $2)", NAMES.channel, event.model_dump_json())
