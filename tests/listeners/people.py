"""People of a running station: accounts of every role with tokens, keys and tickets, as if they had come by the door."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from os import urandom
from pathlib import Path
from uuid import UUID, uuid4

from aiohttp import ClientSession

from control.accounts import repository as accounts
from control.accounts.account import State
from control.accounts.sessions import repository as sessions
from control.apikeys import repository as keys
from control.apikeys.presented import new_secret
from control.database.database import Database, open_database
from control.identity.secrets import Secrets
from control.identity.tokens import LIFE_SECONDS, Tokens
from control.permissions import GRANTS, Permission, Role
from control.principal import Means, Principal
from control.tiers import Tier
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.wiring.postgres import database_link
from tests.listeners.station import RunningStation


@dataclass(frozen=True)
class StationsPeople:
    """See tests/control/identity/matrix.py's People."""

    base: str
    database: Database
    secrets: Secrets

    async def token(self, role: Role, tier: Tier = Tier.PRO) -> str:
        """Of a new account of that role, with a session."""
        return Tokens(*self.secrets.all("jwt")).mint(await self._principal(role, tier), time.time())

    async def expired(self, role: Role) -> str:
        """It was good until a minute ago."""
        return Tokens(*self.secrets.all("jwt")).mint(await self._principal(role), time.time() - LIFE_SECONDS - 60)

    async def forged(self, role: Role) -> str:
        """Signed with a secret that is not the station's."""
        return Tokens(bytes(range(48))).mint(await self._principal(role), time.time())

    async def key(self, role: Role, scopes: frozenset[Permission]) -> str:
        """With these scopes, whether the role has them or not."""
        account_id, secret, now = (await self._account(role)), new_secret(), datetime.now(UTC)
        async with self.database.transaction() as connection:
            key_id = await keys.add(connection, account_id, "a test's", scopes, (), 6_000, None, now)
            await keys.add_secret(connection, key_id, secret.prefix, secret.digest(self.secrets.get("pepper")), now)
        return secret.text

    async def ticket(self, role: Role) -> str:
        """Fetched where a page would fetch it."""
        headers = {"Authorization": f"Bearer {await self.token(role)}"}
        async with ClientSession() as session, session.post(f"{self.base}/api/v1/tickets", headers=headers) as answer:
            return str((await answer.json())["ticket"])

    async def _account(self, role: Role, tier: Tier = Tier.PRO) -> UUID:
        async with self.database.transaction() as connection:
            email = f"{uuid4().hex}@example.org"
            account_id = await accounts.add(connection, email, role.value, role, State.ACTIVE, None, datetime.now(UTC))
            assert account_id is not None
            await connection.execute("UPDATE accounts SET tier = $2 WHERE id = $1", account_id, tier)
        return account_id

    async def _principal(self, role: Role, tier: Tier = Tier.PRO) -> Principal:
        account_id, now = await self._account(role, tier), datetime.now(UTC)
        async with self.database.transaction() as connection:
            session_id = await sessions.add(connection, account_id, "a test", "127.0.0.1", ("pwd",), False, now, now + timedelta(days=1))
            await sessions.add_token(connection, session_id, urandom(32), None, now + timedelta(days=1))
        return Principal(Means.TOKEN, GRANTS[role], account_id, role, tier, session_id)


@asynccontextmanager
async def people_of(station: RunningStation) -> AsyncIterator[StationsPeople]:
    """They reach its database and know its secrets, as the station's own processes do."""
    folders = Folders(Path(station.environment["SONICFORGE_STATE__FOLDER"]))
    database = await open_database(database_link(Settings(), folders, "test"))
    try:
        yield StationsPeople(station.base, database, Secrets(folders.secrets))
    finally:
        await database.close()
