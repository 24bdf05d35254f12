"""How late the front's event loop is: what every listener waits when something holds it up."""

from collections.abc import Awaitable, Callable
from typing import Final

INTERVAL_SECONDS: Final = 0.2


async def watch_event_loop(
    observe: Callable[[float], None],
    monotonic: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
    interval_seconds: float = INTERVAL_SECONDS,
) -> None:
    """Tells `observe` after each sleep by how many seconds the loop came too late; never ends by itself."""
    while True:
        due = monotonic() + interval_seconds
        await sleep(interval_seconds)
        observe(max(0.0, monotonic() - due))
