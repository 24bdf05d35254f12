"""The distant workers of a station, put together: who calls them, who opens what they send, what of theirs may be aired."""

import tempfile
from pathlib import Path

from control.remote_worker.outside import Outside, own_network
from control.remote_worker.unpacking import FlacUnpacker
from generation.remote.backend import Remote
from generation.remote.options import Permit, RemoteOptions
from server.clock import SystemClock
from sonicforge.config import Settings


def open_remote(settings: Settings) -> Remote:
    """[studio.remote]; nobody is called yet. What one station may not air, none gets. Raises ValueError."""
    told, stations = settings.studio.remote, settings.stations.values()
    permit = Permit(
        monetised=any(station.monetised for station in stations),
        revenue_dollars=max(station.yearly_revenue_dollars for station in stations),
    )
    options = RemoteOptions(
        dialect=told.dialect,
        longest_seconds=settings.studio.longest_minutes * 60.0,
        most_at_once=told.most_at_once,
        permit=permit,
    )
    private = [place for url in told.urls for place in own_network(url)] if told.own_network else []
    unpack = FlacUnpacker(Path(tempfile.gettempdir()))
    return Remote(told.urls, told.key.get_secret_value(), Outside(private), SystemClock(), unpack, options)
