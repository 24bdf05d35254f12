"""Titles on their way from front to front."""

import asyncio
from pathlib import Path

from server.live.decoder import Title
from server.live.icecast.colleagues import Colleagues, at_home
from server.live.login import Dj

ANNA = Dj("Anna", "account-1", 50)


class Front:
    """Another front, which has Anna's source or has not."""

    def __init__(self, has_her: bool) -> None:
        self.has_her = has_her
        self.asked: list[tuple[str, str, str | None, Title]] = []

    def take_title(self, station: str, dj: Dj, title: Title) -> bool:
        self.asked.append((station, dj.name, dj.account_id, title))
        return self.has_her


async def test_whoever_has_the_source_takes_the_title(tmp_path: Path) -> None:
    own, first, second = (tmp_path / f"source-{number}.front" for number in (1, 2, 3))
    without, having = Front(False), Front(True)
    async with at_home(first, without.take_title), at_home(second, having.take_title):
        assert first.stat().st_mode & 0o777 == 0o600
        colleagues = Colleagues(own, lambda: tmp_path.glob("source-*.front"))
        assert await colleagues.take_title("main", ANNA, Title("T", "A"))
        assert having.asked == [("main", "Anna", "account-1", Title("T", "A"))]
        having.has_her = False
        assert not await colleagues.take_title("main", ANNA, Title("U", "A"))
        assert len(without.asked) == 2
    assert not first.exists()
    assert not second.exists()


async def test_nobody_asks_himself(tmp_path: Path) -> None:
    own = tmp_path / "source-1.front"
    front = Front(True)
    async with at_home(own, front.take_title):
        assert not await Colleagues(own, lambda: [own]).take_title("main", ANNA, Title("T"))
    assert front.asked == []


async def test_a_front_that_has_died_has_nothing(tmp_path: Path) -> None:
    dead = tmp_path / "source-2.front"
    async with at_home(dead, Front(True).take_title):
        dead.rename(tmp_path / "kept")
    (tmp_path / "kept").rename(dead)
    assert not await Colleagues(tmp_path / "source-1.front", lambda: [dead]).take_title("main", ANNA, Title("T"))
    async with at_home(dead, Front(True).take_title):  # its place is free for another
        assert await Colleagues(tmp_path / "source-1.front", lambda: [dead]).take_title("main", ANNA, Title("T"))


async def test_nonsense_gets_no_answer(tmp_path: Path) -> None:
    own = tmp_path / "source-1.front"
    front = Front(True)
    async with at_home(own, front.take_title):
        for words in (b"nonsense\n", b"{}\n", b"x" * 40_000 + b"\n"):
            reader, writer = await asyncio.open_unix_connection(own)
            writer.write(words)
            assert await reader.read() == b""
            writer.close()
    assert front.asked == []
