"""The pipeline of a front, put together: its addresses, its socket, and what runs beside them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from control.api.operation import operations
from control.database.database import Database
from control.jobs.service import Jobs
from control.pipeline.feed import BookingFeed
from control.pipeline.purse import FreePurse
from control.pipeline.routes import PipelineAddresses
from control.pipeline.service import Pipeline
from control.pipeline.sound_routes import TakeSound
from control.pipeline.studio_routes import StudioAddresses
from server.clock import Clock
from server.relay.relay import Relay
from server.route import Route
from sonicforge.config import Settings
from sonicforge.folders import Folders, sound_file
from web.bookings import BookingSockets


@dataclass(frozen=True, slots=True)
class PipelineFront:
    """What a front hangs up, and runs beside."""

    routes: list[Route]
    works: Mapping[str, Callable[[], Awaitable[None]]]
    sockets: BookingSockets
    """To be closed before the front's door is."""


def pipeline_front(
    settings: Settings, folders: Folders, database: Database, jobs: Jobs, relays: Mapping[str, Relay], clock: Clock
) -> PipelineFront:
    """On the front's loop; nothing runs yet. Takes cost nothing but the day's quota: nobody sells credits yet."""
    genres = {name: station.studio_genres for name, station in settings.stations.items()}
    pipeline = Pipeline(database, jobs, genres, FreePurse())
    feeds = {name: BookingFeed(database, name, clock.wall) for name in relays}
    sockets = BookingSockets(feeds)
    routes = [
        *operations(PipelineAddresses(pipeline, database)),
        *operations(StudioAddresses(database, relays, clock.wall)),
        *operations(TakeSound(database, partial(sound_file, folders.studio))),
        *sockets.routes(),
    ]
    return PipelineFront(routes, {f"bookings of {name}": feed.run for name, feed in feeds.items()}, sockets)
