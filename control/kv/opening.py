"""How a process comes by its store: what the configuration says becomes one Kv, ready at once even if the server is not."""

from dataclasses import dataclass, field
from typing import Final, Literal

from control.kv.kv import CONNECTIONS, PREFIX, Kv
from control.kv.layered import NEAR_ENTRIES, NEAR_SECONDS, LayeredKv
from control.kv.memory import MemoryKv
from control.kv.resilient import ANSWER_SECONDS, ResilientKv

AWAY_COPY_SECONDS: Final = 5.0
"""The longest life of a copy while no other process can say that it is old."""


@dataclass(frozen=True, slots=True)
class KvLink:
    """Where the shared store is, if there is one. `auto` is `url` where a URL is given, `sentinel` where Sentinels are, else `memory`."""

    mode: Literal["auto", "memory", "url", "sentinel"] = "auto"
    url: str = field(default="", repr=False)
    """redis://, rediss:// or unix://, with the password in it."""
    sentinels: tuple[str, ...] = ()
    """host:port of each."""
    service: str = "mymaster"
    """What the Sentinels call the master."""
    username: str = ""
    password: str = field(default="", repr=False)
    """For `sentinel`: of the master and its replicas."""
    prefix: str = PREFIX
    connections: int = CONNECTIONS
    near_entries: int = NEAR_ENTRIES
    near_seconds: float = NEAR_SECONDS
    answer_seconds: float = ANSWER_SECONDS

    def __post_init__(self) -> None:
        if self.mode == "url" and not self.url:
            raise ValueError("the mode is url, but none is given")
        if self.mode == "sentinel" and not self.sentinels:
            raise ValueError("the mode is sentinel, but none is named")


async def open_kv(link: KvLink) -> Kv:
    """A store that never raises KvAway; close it. Raises ValueError where the link cannot be read."""
    far = _far(link)
    if far is None:
        return MemoryKv()
    layered = LayeredKv(far, link.near_entries, link.near_seconds)
    return ResilientKv(layered, MemoryKv(copy_seconds=AWAY_COPY_SECONDS), link.answer_seconds)


def _far(link: KvLink) -> Kv | None:
    """redis-py takes most of a second to import, and a front that needs none must start in one."""
    if link.mode == "memory" or not (link.url or link.sentinels):
        return None
    from control.kv.redis_kv import RedisKv, connect, connect_by_sentinels

    if link.mode in ("auto", "url") and link.url:
        return RedisKv(connect(link.url), link.prefix, link.connections)
    if link.mode in ("auto", "sentinel") and link.sentinels:
        sentinels = [_address(one) for one in link.sentinels]
        client = connect_by_sentinels(sentinels, link.service, link.username, link.password)
        return RedisKv(client, link.prefix, link.connections)
    return None


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit():
        raise ValueError(f"{text!r} is no host:port")
    return host.strip("[]"), int(port)
