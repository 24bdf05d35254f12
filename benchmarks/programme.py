"""What the station says of itself to anybody who asks: what airs, and whether its engine speaks."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from aiohttp.client_exceptions import ClientError

from benchmarks.station import Station

MID_TRACK_SECONDS: Final = 10.0
"""As far from a segue that none can come while the engine is away."""
PATIENCE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class OnAir:
    """What now playing says."""

    track: str
    title: str
    remaining_seconds: float


class Programme:
    """Asks a station."""

    def __init__(self, station: Station) -> None:
        self._station = station

    async def on_air(self) -> OnAir | None:
        """What airs, by now playing; None while nobody tells."""
        with suppress(ClientError, TimeoutError, KeyError, TypeError, ValueError):
            playing = (await self._station.json("/api/nowplaying/main"))["now_playing"]
            song = playing["song"]
            return OnAir(song["id"], song["text"], float(playing["remaining"]))
        return None

    async def engine_speaks(self) -> bool:
        """Whether the front hears its engine, by its own probe."""
        with suppress(ClientError, TimeoutError, KeyError, TypeError, ValueError):
            return bool((await self._station.json("/health/detailed"))["stations"]["main"]["connected"])
        return False

    async def in_mid_track(self) -> OnAir:
        """Waits until no segue is near. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            playing = await self.on_air()
            if playing and playing.remaining_seconds > MID_TRACK_SECONDS and await self.engine_speaks():
                return playing
            await asyncio.sleep(0.5)
        raise TimeoutError

    async def back(self, seconds: float) -> OnAir:
        """What airs as soon as an engine that has been away speaks again. Raises TimeoutError after `seconds`."""
        deadline = time.monotonic() + seconds
        away = False
        while time.monotonic() < deadline:
            speaks = await self.engine_speaks()
            away |= not speaks
            if away and speaks and (playing := await self.on_air()):
                return playing
            await asyncio.sleep(0.01)
        raise TimeoutError
