"""All WebRTC listeners of a front: who may come in, who is there, and that each of them ends.

It owns a task a listener, from his answer to his last datagram, and awaits it. Whoever has offered counts from then on, connected or
not, so that half-open ones cannot crowd the house. Joins go through one turnstile that opens when the event loop is not busy: those who
listen already must not hear a hundred others come in at once.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from structlog import get_logger

from server.door.door import network
from server.nowplaying.listeners import Listeners, Place
from server.webrtc.connection import ListenerConnection
from server.webrtc.fan import Fan
from server.webrtc.listener import Departure, Patience, WebRtcListener
from server.webrtc.offer import Offer
from server.webrtc.voice import SrtpVoice

OUTPUT: Final = "webrtc"
MOUNT: Final = "whep"
BUSY_SECONDS: Final = 0.003
"""A turn of the event loop that takes longer says that there is enough to do."""
LONGEST_TURNS: Final = 20
"""So many turns later the next one joins all the same."""
CLOSING_SECONDS: Final = 5.0

log = get_logger(__name__)


class HouseFull(Exception):
    """The front has as many WebRTC listeners as it may have."""


class AddressFull(Exception):
    """One address has as many as it may have."""


@dataclass(frozen=True, slots=True)
class WebRtcLimits:
    """What a front bears."""

    packet_milliseconds: int = 20
    listeners: int = 1_000
    listeners_per_address: int = 20
    stun_servers: Sequence[str] = ()
    patience: Patience = field(default_factory=Patience)


class WebRtcListeners:
    """Lets in, finds, ends. Made on the front's loop."""

    def __init__(
        self,
        front: str,
        fans: dict[str, Fan[SrtpVoice]],
        limits: WebRtcLimits,
        listeners: Listeners,
        kicked: Callable[[str], None],
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        """`front` is in the address of every session. `kicked(reason)` hears of everybody who was turned away or given up.

        `prepare` is called on a thread before the first is let in.
        """
        self.fans = fans
        self.limits = limits
        self._front = front
        self._ledger = listeners
        self._kicked = kicked
        self._prepare: Callable[[], None] | None = prepare
        self._present: dict[str, tuple[WebRtcListener, asyncio.Task[None]]] = {}
        self._places = 0
        self._addresses: Counter[str] = Counter()
        self._turnstile = asyncio.Lock()
        self._closed = False
        for station, fan in fans.items():
            fan.anew = lambda station=station: self._dismiss(station)  # type: ignore[misc]

    def __len__(self) -> int:
        """How many are in, connected or not."""
        return self._places

    async def welcome(self, station: str, offer: Offer, address: str, player: str) -> tuple[WebRtcListener, str]:
        """A listener of a station that sounds, and the answer to his offer. Raises HouseFull, AddressFull, OfferRefused."""
        source = self._take_place(network(address))
        fan = self.fans[station]
        connection = ListenerConnection(fan, self.limits.stun_servers, self.limits.patience.consent_seconds)
        listener = WebRtcListener(station, self._front, offer, fan, connection)
        try:
            await self._turn()
            answer = await listener.answer(self.limits.packet_milliseconds)
        except BaseException:
            self._leave_place(source)
            await listener.hang_up()
            raise
        task = asyncio.create_task(self._stay(listener, source, address, player), name=f"whep {listener.session[:8]}")
        self._present[listener.session] = listener, task
        return listener, answer

    def find(self, station: str, session: str) -> WebRtcListener | None:
        """Whoever has this address."""
        found = self._present.get(session)
        return found[0] if found and found[0].station == station else None

    async def end(self, listener: WebRtcListener) -> None:
        """Ends him, and returns when everything that was his is free."""
        listener.dismiss()
        found = self._present.get(listener.session)
        if found:
            await asyncio.wait([found[1]], timeout=CLOSING_SECONDS)

    async def close(self) -> None:
        """Ends all, and lets nobody in."""
        self._closed = True
        for fan in self.fans.values():
            fan.close()
        present = list(self._present.values())
        for listener, _ in present:
            listener.dismiss()
        if present:
            await asyncio.wait([task for _, task in present], timeout=CLOSING_SECONDS)

    async def _stay(self, listener: WebRtcListener, source: str, address: str, player: str) -> None:
        """One listener's life."""
        try:
            departure = await self._hear(listener, address, player)
            if departure is not Departure.LEFT:
                self._kicked(departure)
            log.debug("a WebRTC listener has gone", station=listener.station, why=departure.value)
        finally:
            self._leave_place(source)
            del self._present[listener.session]
            await listener.hang_up()

    async def _hear(self, listener: WebRtcListener, address: str, player: str) -> Departure:
        try:
            async with asyncio.timeout(self.limits.patience.connect_seconds):
                if not await listener.connected():
                    return Departure.VANISHED
        except TimeoutError:
            return Departure.VANISHED
        with listener.fed(), self._ledger.listening(Place(listener.station, OUTPUT, MOUNT), address, player):
            return await listener.gone()

    async def _turn(self) -> None:
        """Returns for one at a time, when the event loop has a moment."""
        async with self._turnstile:
            if self._prepare is not None:
                await asyncio.to_thread(self._prepare)
                self._prepare = None
            for _ in range(LONGEST_TURNS):
                began = time.monotonic()
                await asyncio.sleep(0)
                if time.monotonic() - began < BUSY_SECONDS:
                    break

    def _take_place(self, source: str) -> str:
        if self._closed or self._places >= self.limits.listeners:
            self._kicked("webrtc_full")
            raise HouseFull
        if self._addresses[source] >= self.limits.listeners_per_address:
            self._kicked("webrtc_address")
            raise AddressFull
        self._places += 1
        self._addresses[source] += 1
        return source

    def _leave_place(self, source: str) -> None:
        self._places -= 1
        self._addresses[source] -= 1
        if not self._addresses[source]:
            del self._addresses[source]

    def _dismiss(self, station: str) -> None:
        for listener, _ in list(self._present.values()):
            if listener.station == station:
                listener.dismiss()
