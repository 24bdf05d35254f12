"""Routes behind the real door, on a real socket, for tests."""

import json
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp.web import Application

from server.door.answers import clear_answers
from server.door.door import Door, DoorLimits, open_door
from server.route import Route, add_routes
from tests.server.raw_client import RawClient


@dataclass
class Served:
    """An open door and how to ask at it."""

    door: Door
    port: int
    kicked: list[str]
    """Why clients were cut off, by the door."""

    async def ask(self, path: str, more: str = "", method: str = "GET", host: str = "radio.example") -> tuple[str, str]:
        """Head and body of an answer that ends."""
        async with RawClient(self.port) as client:
            await client.send(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n".encode())
            head, _, body = (await client.receive_all()).decode().partition("\r\n\r\n")
            return head, body

    async def json(self, path: str) -> tuple[int, Any]:
        """Status and JSON."""
        head, body = await self.ask(path)
        assert "Content-Type: application/json" in head, head
        return int(head.split()[1]), json.loads(body)


@asynccontextmanager
async def served(routes: Iterable[Route]) -> AsyncIterator[Served]:
    """No guard stands before the routes."""
    application = Application(middlewares=[clear_answers])
    add_routes(application, routes, lambda _, endpoint: endpoint)
    listening = socket.create_server(("127.0.0.1", 0))
    kicked: list[str] = []
    door = await open_door(application, [listening], DoorLimits(), kicked.append)
    try:
        yield Served(door, listening.getsockname()[1], kicked)
    finally:
        await door.close(0)
