"""All that stands between a request and its endpoint, put together from the operator's policy.

The roof hangs it into a front: `gatehouse.hang_into(application)`, and `gatehouse.guard` for `server.route.add_routes`. It belongs
inside `clear_answers` and `clear_refusals`, which make answers of what it raises.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp.web import Application

from control.identity.clients import Clients
from control.identity.cors import Cors
from control.identity.guard import Guard
from control.identity.headers import SecurityHeaders
from control.identity.origin import Origins
from control.identity.rate_limits import HouseLimits, HouseRates
from control.identity.recognition import KeyReader, Readers, Recognition, TokenReader
from control.identity.revocations import Entries, Revocations
from control.identity.tickets import Shelf, Tickets
from control.identity.windows import Counts, KvWindows, LocalWindows


class Store(Entries, Shelf, Counts, Protocol):
    """What is asked of the Kv."""


@dataclass(frozen=True, slots=True)
class SecurityPolicy:
    """What the operator decides: [security] of config.toml."""

    trusted_proxies: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    hsts_seconds: int = 31_536_000
    machine_reads: bool = True
    shared_limits: bool = False
    rates: HouseRates = field(default_factory=HouseRates)


class Gatehouse:
    """The guard and its companions of one front."""

    def __init__(self, policy: SecurityPolicy, tokens: TokenReader, keys: KeyReader, kv: Store, wall: Callable[[], float]) -> None:
        """`wall` tells UNIX seconds. Raises ValueError for a policy that cannot be used."""
        self.clients = Clients(policy.trusted_proxies)
        self.origins = Origins(policy.origins)
        self.tickets = Tickets(kv)
        self.revocations = Revocations(kv)
        windows = KvWindows(kv, wall) if policy.shared_limits else LocalWindows(wall)
        self.limits = HouseLimits(policy.rates, windows, self.clients, wall)
        readers = Readers(tokens, keys, self.tickets, self.revocations, self.limits)
        recognition = Recognition(readers, self.clients, wall, machine_reads=policy.machine_reads)
        self.guard = Guard(recognition, self.clients, self.origins, self.limits)
        self._cors = Cors(self.origins)
        self._headers = SecurityHeaders(self.clients, self._cors, policy.hsts_seconds)

    def hang_into(self, application: Application) -> None:
        """Adds the middlewares, inside those there are, and the headers of every answer. For an application that has not started."""
        application.middlewares.append(self._cors.preflight)
        application.middlewares.append(self.limits.admit)
        application.on_response_prepare.append(self._headers.put)
