"""The source port as a front opens it: none, one, and one among several."""

import socket
from pathlib import Path

import pytest

from server.clock import SystemClock
from server.live.decoder import Title
from server.live.entrance import Entrance
from server.live.icecast.colleagues import Colleagues
from server.live.login import Dj, LoginRefused
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.sections import Server, State
from sonicforge.wiring.source_port import open_source_port
from tests.server.live.icecast.engine import FakeEngine
from tests.server.raw_client import RawClient


async def nobody(station: str, user: str, password: str, address: str) -> Dj:  # noqa: ARG001
    raise LoginRefused(401, "Nobody is let in.")


def entrances() -> dict[str, Entrance]:
    return {"main": Entrance(FakeEngine(), 8, SystemClock())}


def places(folder: Path) -> list[Path]:
    """The sockets of its fronts."""
    pattern = Folders(folder).front("source-*")
    return list(pattern.parent.glob(pattern.name))


def settings(folder: Path, fronts: int) -> Settings:
    Folders(folder).make()
    return Settings(server=Server(fronts=fronts), state=State(folder=folder))


def neighbours(folder: Path) -> list[Path]:
    """The sockets at which fronts take titles for one another."""
    return list(Folders(folder).front("source-").parent.glob("source-*.front"))


async def test_without_a_socket_there_is_no_port(tmp_path: Path) -> None:
    async with open_source_port(settings(tmp_path, 1), entrances(), nobody, None) as port:
        assert port is None


async def test_a_port_asks_the_office_and_counts_refusals(tmp_path: Path) -> None:
    listening, kicked = socket.create_server(("127.0.0.1", 0)), list[str]()
    async with open_source_port(settings(tmp_path, 1), entrances(), nobody, listening, kicked.append) as port:
        assert port is not None
        async with RawClient(listening.getsockname()[1]) as client:
            await client.send(b"SOURCE /main ICE/1.0\r\nAuthorization: Basic c291cmNlOng=\r\n\r\n")
            assert b"Nobody is let in." in await client.receive_all()
        assert kicked == ["source_login"]
        assert not neighbours(tmp_path)


async def test_one_of_several_fronts_can_be_asked_by_the_others(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    request.addfinalizer(listening.close)
    async with open_source_port(settings(tmp_path, 2), entrances(), nobody, listening):
        (place,) = neighbours(tmp_path)
        colleagues = Colleagues(place.with_name("source-other.front"), lambda: [place])
        assert not await colleagues.take_title("main", Dj("Anna", None, 50), Title("T"))
    assert not place.exists()
