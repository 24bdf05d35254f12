import asyncio
from collections.abc import Callable
from uuid import UUID

import pytest
from asyncpg import Record

from control.apikeys.key_ring import FRESH_SECONDS, STALE_SECONDS, KeyRing
from control.apikeys.last_use import LastUses
from control.apikeys.service import Wish
from control.errors import DatabaseAway, Unauthenticated
from control.permissions import Permission
from tests.control.admin.office import PEPPER, Office, Person, open_office
from tests.server.until import DEADLINE_SECONDS

pytestmark = pytest.mark.real
CLIENT = "192.0.2.1"


class Tap:
    """A database that counts what is asked, can be away, and can be made to answer late."""

    def __init__(self, office: Office) -> None:
        self._database = office.database
        self.asked = 0
        self.away = False
        self.before_answer: Callable[[], object] = lambda: None

    async def fetch_row(self, sql: str, *args: object) -> Record | None:
        self.asked += 1
        if self.away:
            raise DatabaseAway(retry_after_seconds=2.0)
        row = await self._database.fetch_row(sql, *args)
        if asyncio.iscoroutine(waited := self.before_answer()):
            await waited
        return row


def ring_of(office: Office, tap: Tap) -> KeyRing:
    return KeyRing(tap, office.kv, PEPPER, LastUses(office.database, office.watch.wall), office.watch.wall)


async def key_of(person: Person) -> tuple[str, UUID]:
    wish = Wish("one", frozenset({Permission.OWN_KEYS_READ}), (), 60_000, None)
    key, secret = await person.office.cabinet.keys.make(person.principal, wish, CLIENT)
    return secret.text, key.id


async def opens(ring: KeyRing, text: str) -> bool:
    try:
        await ring.principal(text, CLIENT)
    except Unauthenticated:
        return False
    return True


async def test_the_hot_path_asks_no_database() -> None:
    async with open_office() as office:
        tap = Tap(office)
        ring = ring_of(office, tap)
        text, _ = await key_of(await office.person())
        for _ in range(50):
            await ring.principal(text, CLIENT)
        assert tap.asked == 1
        office.watch.now += FRESH_SECONDS
        await ring.principal(text, CLIENT)
        assert tap.asked == 2


async def test_a_wrong_key_is_asked_for_once() -> None:
    async with open_office() as office:
        tap = Tap(office)
        ring = ring_of(office, tap)
        for _ in range(20):
            with pytest.raises(Unauthenticated):
                await ring.principal(f"sf_{'x' * 12}_{'y' * 43}", CLIENT)
        assert tap.asked == 1


async def test_with_the_database_away_known_keys_open_for_a_while_and_unknown_ones_wait() -> None:
    async with open_office() as office:
        tap = Tap(office)
        ring = ring_of(office, tap)
        person = await office.person()
        known, _ = await key_of(person)
        unknown, _ = await key_of(person)
        await ring.principal(known, CLIENT)
        tap.away = True
        office.watch.now += STALE_SECONDS - 1
        assert (await ring.principal(known, CLIENT)).account_id == person.id
        with pytest.raises(DatabaseAway):
            await ring.principal(unknown, CLIENT)
        office.watch.now += 1
        with pytest.raises(DatabaseAway):
            await ring.principal(known, CLIENT)


async def test_a_revocation_that_was_not_heard_holds_once_the_memory_is_not_fresh() -> None:
    async with open_office() as office:
        tap = Tap(office)
        ring = ring_of(office, tap)
        person = await office.person()
        text, key_id = await key_of(person)
        await ring.principal(text, CLIENT)
        await office.database.execute("UPDATE api_keys SET revoked_at = now() WHERE id = $1", key_id)
        tap.away = True
        await ring.principal(text, CLIENT)  # nobody could tell it
        tap.away = False
        office.watch.now += FRESH_SECONDS
        with pytest.raises(Unauthenticated):
            await ring.principal(text, CLIENT)


async def test_another_process_hears_of_a_revocation() -> None:
    async with open_office() as office:
        ring = ring_of(office, Tap(office))
        listening = asyncio.create_task(ring.listen())
        text, key_id = await key_of(person := await office.person())
        await ring.principal(text, CLIENT)
        await office.cabinet.keys.revoke(person.principal, key_id, CLIENT)  # by the office's own ring
        async with asyncio.timeout(DEADLINE_SECONDS):
            while await opens(ring, text):  # noqa: ASYNC110 -- the message is on its way
                await asyncio.sleep(0)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_what_was_read_before_a_revocation_is_not_remembered_after_it() -> None:
    async with open_office() as office:
        tap = Tap(office)
        ring = ring_of(office, tap)
        text, key_id = await key_of(await office.person())

        async def revoke() -> None:
            tap.before_answer = lambda: None
            await office.database.execute("UPDATE api_keys SET revoked_at = now() WHERE id = $1", key_id)
            await ring.forget_key(key_id)

        tap.before_answer = revoke
        await ring.principal(text, CLIENT)  # its row was read while the key was good
        with pytest.raises(Unauthenticated):
            await ring.principal(text, CLIENT)


async def test_uses_that_cannot_be_written_stay_noted() -> None:
    async with open_office() as office:
        uses = LastUses(office.database, office.watch.wall)
        _, key_id = await key_of(await office.person())
        uses.note(key_id, CLIENT)
        await office.database.execute("ALTER TABLE api_keys RENAME TO gone")
        with pytest.raises(Exception, match="api_keys"):
            await uses.flush()
        await office.database.execute("ALTER TABLE gone RENAME TO api_keys")
        assert await uses.flush() == 1
        assert await office.database.fetch_value("SELECT last_used_from FROM api_keys WHERE id = $1", key_id) == CLIENT


async def test_what_was_noted_is_written_when_the_process_ends() -> None:
    async with open_office() as office:
        uses = LastUses(office.database, office.watch.wall)
        _, key_id = await key_of(await office.person())
        running = asyncio.create_task(uses.run())
        await asyncio.sleep(0)
        uses.note(key_id, CLIENT)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert await office.database.fetch_value("SELECT last_used_from FROM api_keys WHERE id = $1", key_id) == CLIENT
