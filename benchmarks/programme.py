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

    async def airs_tracks(self) -> bool:
        """Whether a track airs, by the station's own probe: neither the bed nor the emergency loop."""
        with suppress(ClientError, TimeoutError, KeyError, TypeError):
            return bool((await self._station.json("/health/detailed"))["stations"]["main"]["fallback_level"] == 0)
        return False

    async def in_mid_track(self) -> OnAir:
        """What airs, as soon as no segue is near. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            playing = await self._on_air()
            if playing and playing.remaining_seconds > MID_TRACK_SECONDS and await self._losses() is not None:
                return playing
            await asyncio.sleep(0.5)
        raise TimeoutError

    async def losses(self) -> int:
        """How many engines the front has lost. Raises TimeoutError while it hears none."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if (losses := await self._losses()) is not None:
                return losses
            await asyncio.sleep(0.5)
        raise TimeoutError

    async def back(self, losses: int, seconds: float) -> OnAir:
        """What airs as soon as the front hears the engine after the one that made `losses` of it. Raises TimeoutError after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            lost = await self._losses()
            if lost is not None and lost > losses and (playing := await self._on_air()):
                return playing
            await asyncio.sleep(0.01)
        raise TimeoutError

    async def _on_air(self) -> OnAir | None:
        """What airs, by now playing; None while nobody tells."""
        with suppress(ClientError, TimeoutError, KeyError, TypeError, ValueError):
            playing = (await self._station.json("/api/nowplaying/main"))["now_playing"]
            song = playing["song"]
            return OnAir(song["id"], song["text"], float(playing["remaining"]))
        return None

    async def _losses(self) -> int | None:
        """How many engines the front has lost; None while it hears none and sends the emergency loop, by its own probe."""
        with suppress(ClientError, TimeoutError, KeyError, TypeError, ValueError):
            told = (await self._station.json("/health/detailed"))["stations"]["main"]
            return int(told["engine_losses"]) if told["engine_connected"] and told["filling_seconds"] == 0 else None
        return None
