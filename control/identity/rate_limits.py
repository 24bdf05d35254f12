"""How much may be asked: of the house by all together, by one address, by one account, and how often a credential may be wrong.

These limits keep one asker from using up the machine; they count requests to the API and everything that changes something, never
the sound. What single operations cost is limited where they are (control/api/limit.py). An address is what `clients.py` believes it to
be, so a header that anybody can write moves nobody into another count.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Final

from aiohttp.typedefs import Handler
from aiohttp.web import Request, RequestKey, StreamResponse, middleware
from limits import RateLimitItemPerSecond
from limits.aio.storage import SlidingWindowCounterSupport, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from control.errors import TooMany
from control.identity.clients import Clients
from control.identity.request import SAFE
from control.identity.windows import wait_seconds
from control.principal import Principal

COUNTED_PATH: Final = "/api/"


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many in any stretch of that length."""

    times: int
    seconds: int

    def __post_init__(self) -> None:
        if self.times < 1 or self.seconds < 1:
            raise ValueError("a rate is at least one in a second")


@dataclass(frozen=True, slots=True)
class HouseRates:
    """All limits of the house."""

    all_together: Rate = Rate(30_000, 10)
    by_address: Rate = Rate(6_000, 60)
    by_account: Rate = Rate(6_000, 60)
    wrong_credentials: Rate = Rate(60, 60)
    """By one address, of API keys that were refused."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one count stands after a request, as the RateLimit headers tell it."""

    rate: Rate
    remaining: int
    reset_seconds: float
    """Until more will remain; when nothing remains, until the next request is let through."""

    def headers(self) -> dict[str, str]:
        """RateLimit-Limit, -Remaining, -Reset and -Policy (draft-ietf-httpapi-ratelimit-headers-07)."""
        return {
            "RateLimit-Limit": str(self.rate.times),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(ceil(self.reset_seconds)),
            "RateLimit-Policy": f"{self.rate.times};w={self.rate.seconds}",
        }


STANDING: Final = RequestKey("standing", Standing)
"""The count that is nearest to its end, of those that this request was counted in."""


class Limiter:
    """One limit, counted for each of many by name."""

    def __init__(self, name: str, rate: Rate, windows: Storage, wall: Callable[[], float]) -> None:
        """`windows` has sliding windows (control/identity/windows.py); `wall` tells UNIX seconds."""
        assert isinstance(windows, SlidingWindowCounterSupport)
        self.rate = rate
        self._windows: SlidingWindowCounterSupport = windows
        self._strategy = SlidingWindowCounterRateLimiter(windows)
        self._item = RateLimitItemPerSecond(rate.times, rate.seconds, namespace=f"limit/{name}")
        self._wall = wall

    async def hit(self, who: str) -> bool:
        """Counts one more for `who`, unless that would be too many; whether it was counted."""
        return await self._strategy.hit(self._item, who)

    async def standing(self, who: str) -> Standing:
        """How much `who` has left."""
        expiry = self._item.get_expiry()
        before, left_seconds, count, _ = await self._windows.get_sliding_window(self._item.key_for(who), expiry)
        remaining = max(0, self.rate.times - int(before * left_seconds / expiry + count))
        wait = wait_seconds(before, count, self.rate.times, expiry, self._wall())
        return Standing(self.rate, remaining, wait or left_seconds)


class HouseLimits:
    """Counts requests and refuses those that are too many."""

    def __init__(self, rates: HouseRates, windows: Storage, clients: Clients, wall: Callable[[], float]) -> None:
        self._clients = clients
        self._windows = windows
        self._wall = wall
        self.adopt(rates)

    def adopt(self, rates: HouseRates) -> None:
        """From now on these hold. The counts of a limit that differs begin anew."""
        self._all = Limiter("all", rates.all_together, self._windows, self._wall)
        self._addresses = Limiter("address", rates.by_address, self._windows, self._wall)
        self._accounts = Limiter("account", rates.by_account, self._windows, self._wall)
        self._wrong = Limiter("wrong", rates.wrong_credentials, self._windows, self._wall)

    @middleware
    async def admit(self, request: Request, handler: Handler) -> StreamResponse:
        """The middleware: counts the request by its address and among all, before anything else is done for it. Raises TooMany."""
        if is_counted(request):
            await self._count(request, self._addresses, self._clients.network(request), "Too many requests from this address.")
            if not await self._all.hit(""):
                raise TooMany("The house is asked too much at the moment.", retry_after_seconds=1.0)
        return await handler(request)

    async def check(self, principal: Principal, request: Request) -> None:
        """Counts the request for the account that sent it, if one did. Raises TooMany."""
        if principal.account_id is not None and is_counted(request):
            await self._count(request, self._accounts, principal.account_id.hex, "Too many requests by this account.")

    async def spent(self, network: str) -> float:
        """Seconds until a client that showed too many wrong keys may show another; 0.0 if it may."""
        standing = await self._wrong.standing(network)
        return 0.0 if standing.remaining else standing.reset_seconds

    async def count(self, network: str) -> None:
        """The client has shown a wrong key."""
        await self._wrong.hit(network)

    async def _count(self, request: Request, limiter: Limiter, who: str, words: str) -> None:
        granted = await limiter.hit(who)
        standing = await limiter.standing(who)
        nearest = request.get(STANDING)
        if nearest is None or standing.remaining * nearest.rate.times < nearest.remaining * standing.rate.times or not granted:
            request[STANDING] = standing
        if not granted:
            raise TooMany(words, retry_after_seconds=standing.reset_seconds)


def is_counted(request: Request) -> bool:
    """The API, and whatever changes something; listening is bounded by the door."""
    return request.path.startswith(COUNTED_PATH) or request.method not in SAFE
