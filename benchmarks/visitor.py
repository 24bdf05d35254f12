"""Somebody with an account at a running station: made by the operator's own command, logged in by the door."""

import asyncio
import sys
from dataclasses import dataclass

from aiohttp import ClientSession, ClientTimeout

from benchmarks.station import Station, environment
from benchmarks.unmeasured import Unmeasured

PASSWORD = "seventeen copper kettles hum"
SCHEMA_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Visitor:
    """He may what his role may."""

    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


async def visitor(station: Station, role: str) -> Visitor:
    """Raises Unmeasured where he does not get in."""
    email = f"{role}@example.org"
    command = [sys.executable, "-m", "sonicforge", "user", "create", email, "--role", role]
    made = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=environment(station.folder, station.port, {}),
        cwd=station.folder,
    )
    _, complaint = await made.communicate(PASSWORD.encode() + b"\n")
    if made.returncode != 0:
        raise Unmeasured(f"no account could be made: {complaint.decode(errors='replace')[-400:]}")
    body = {"email": email, "password": PASSWORD}
    async with (
        ClientSession(timeout=ClientTimeout(total=10)) as session,
        session.post(f"{station.address}/api/v1/auth/login", json=body) as answer,
    ):
        if answer.status != 200:
            raise Unmeasured(f"the login answered {answer.status}: {await answer.text()}")
        return Visitor((await answer.json())["access_token"])
