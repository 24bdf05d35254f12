"""Two fronts of one machine: what comes to the wrong one finds its session all the same."""

import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.server.webrtc.ears import ear
from tests.server.webrtc.house import house

pytestmark = pytest.mark.real


@pytest.fixture
def sockets() -> Iterator[Path]:
    """A folder with a short name: the path of a socket has little room."""
    with tempfile.TemporaryDirectory(prefix="whep-") as name:
        yield Path(name)


async def test_another_front_hands_on_what_is_not_its_own(sockets: Path) -> None:
    async with house(sockets) as one, house(sockets) as other, ear(one.whep) as listener, ClientSession() as http:
        there = listener.session.replace(one.base, other.base)
        headers = {"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": '"old"'}
        async with http.patch(there, data="a=mid:0\r\n", headers=headers) as said:
            assert said.status == 412
            assert said.headers["ETag"] == listener.etag
            assert said.content_type == "application/problem+json"
        async with http.patch(there, data="a=mid:0\r\n", headers={**headers, "If-Match": listener.etag}) as said:
            assert said.status == 204
        async with http.delete(there) as said:
            assert said.status == 200
            assert said.headers["Access-Control-Allow-Origin"] == "*"
        assert len(one.present) == 0
        async with http.delete(there) as said:
            assert said.status == 404


async def test_a_front_that_is_gone_has_no_sessions(sockets: Path) -> None:
    async with house(sockets) as there, ClientSession() as http:
        async with house(sockets) as gone, ear(gone.whep) as listener:
            session = listener.session.replace(gone.base, there.base)
        (sockets / gone.neighbours.name).touch()
        for address in (session, f"{there.whep}/00000000-guessed", f"{there.whep}/..%2F..%2Frun-x", f"{there.whep}/-"):
            async with http.delete(address) as said:
                assert said.status == 404


async def test_only_the_houses_own_user_may_open_the_socket(sockets: Path) -> None:
    async with house(sockets) as front:
        path = sockets / front.neighbours.name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


async def test_what_a_killed_front_has_left_is_swept_away(sockets: Path) -> None:
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(sockets / "0badcafe"))
        killed.listen()
    async with house(sockets) as there, house(sockets) as here:
        assert set(os.listdir(sockets)) == {there.neighbours.name, here.neighbours.name}  # noqa: PTH208 -- pathlib's is for synchronous code
