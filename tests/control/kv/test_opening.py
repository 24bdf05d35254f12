"""What the configuration says becomes a store."""

import pytest

from control.kv.memory import MemoryKv
from control.kv.opening import KvLink, open_kv
from control.kv.resilient import ResilientKv


async def test_nothing_configured_is_memory() -> None:
    assert isinstance(await open_kv(KvLink()), MemoryKv)
    assert isinstance(await open_kv(KvLink(mode="memory", url="redis://127.0.0.1:1")), MemoryKv)


@pytest.mark.parametrize("mode", ["auto", "url"])
async def test_a_url_is_a_server_that_need_not_be_there(mode: str) -> None:
    kv = await open_kv(KvLink(mode=mode, url="redis://127.0.0.1:1"))  # type: ignore[arg-type]
    assert isinstance(kv, ResilientKv)
    await kv.set("key", b"1")
    assert await kv.get("key") == b"1"
    assert kv.away
    assert "127.0.0.1:1" in kv.reason
    await kv.close()


async def test_sentinels_that_are_not_there() -> None:
    kv = await open_kv(KvLink(sentinels=("127.0.0.1:1", "[::1]:1")))
    assert await kv.add("key", b"1")
    assert kv.away
    await kv.close()


@pytest.mark.parametrize(
    "link",
    [
        {"mode": "url"},
        {"mode": "sentinel"},
        {"url": "http://127.0.0.1"},
        {"url": "nonsense"},
        {"sentinels": ("127.0.0.1",)},
        {"sentinels": ("127.0.0.1:x",)},
    ],
)
async def test_links_that_cannot_be_read(link: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- each says something else
        await open_kv(KvLink(**link))  # type: ignore[arg-type]


def test_a_password_is_not_shown() -> None:
    assert "hidden" not in repr(KvLink(url="redis://:hidden@127.0.0.1", password="hidden"))
