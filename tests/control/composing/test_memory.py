"""What was learnt, in a real PostgreSQL: each airing once, all arms of the genre and no other, whoever credits at once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import msgspec
import pytest

from control.composing.memory import PostgresMemory
from control.database.database import Database, open_database
from control.database.link import DatabaseLink
from control.errors import DatabaseAway
from generation.bandit.arm import Arm, credit
from generation.bandit.reward import reward_of
from generation.brief import Brief
from generation.composer.composer import Composer, MemoryAway
from generation.composer.surroundings import Votes
from tests.control.composing.commissions import HATED, LOVED, UNHEARD, commission
from tests.control.postgres import fresh_database
from tests.generation.composer.station import BUSY, PROFILE

pytestmark = pytest.mark.real


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    async with fresh_database() as one:
        yield one


async def test_a_reception_credits_the_variant_that_was_commissioned(database: Database) -> None:
    memory, sent = PostgresMemory(database), commission("deep")
    await memory.note(sent)
    assert await memory.arms("main", "house") == {}
    assert await memory.credit("main", "e-1", sent.brief.id, LOVED)
    reward = reward_of(LOVED)
    [(name, arm)] = (await memory.arms("main", "house")).items()
    assert name == "deep"
    assert (arm.gains, arm.losses) == pytest.approx((reward.value * reward.weight, (1 - reward.value) * reward.weight))
    assert arm.gains > 0.9


async def test_an_airing_that_is_told_twice_counts_once_and_a_second_airing_again(database: Database) -> None:
    memory, sent = PostgresMemory(database, None), commission()
    await memory.note(sent)
    assert await memory.credit("main", "e-1", sent.brief.id, LOVED)
    once = await memory.arms("main", "house")
    assert not await memory.credit("main", "e-1", sent.brief.id, HATED)
    assert await memory.arms("main", "house") == once
    assert await memory.credit("main", "e-2", sent.brief.id, LOVED)
    assert (await memory.arms("main", "house"))["deep"].gains == pytest.approx(2 * once["deep"].gains)


async def test_twenty_at_once_are_credited_one_after_another(database: Database) -> None:
    memory = PostgresMemory(database, 50.0)
    sent = [commission("deep" if seed % 2 else "bright", seed) for seed in range(20)]
    for one in sent:
        await memory.note(one)
    told = [(f"e-{number}", one) for number, one in enumerate(sent)] * 2
    done = await asyncio.gather(*(memory.credit("main", entry, one.brief.id, LOVED) for entry, one in told))
    assert sum(done) == 20
    kept = await memory.arms("main", "house")
    votes = sum(arm.gains + arm.losses for arm in kept.values())
    expected: dict[str, Arm] = {}
    for one in sent:
        expected = credit(expected, one.variant, reward_of(LOVED).value, reward_of(LOVED).weight, 50.0)
    assert votes == pytest.approx(sum(arm.gains + arm.losses for arm in expected.values())), "none was lost, none counted twice"
    assert sum(await credited(database)) == 20


async def credited(database: Database) -> list[int]:
    return [row["credited_total"] for row in await database.fetch("SELECT credited_total FROM arms")]


async def test_evidence_fades_in_the_genre_and_in_no_other_and_in_no_other_station(database: Database) -> None:
    memory = PostgresMemory(database, 10.0)
    sent = [commission("deep", 1), commission("bright", 2), commission("deep", 3, "techno"), commission("deep", 4, station="night")]
    for number, one in enumerate(sent):
        await memory.note(one)
        await memory.credit(one.station, f"e-{number}", one.brief.id, LOVED)
    house = await memory.arms("main", "house")
    assert house["deep"].gains == pytest.approx(house["bright"].gains * 0.9 ** reward_of(LOVED).weight)
    assert (await memory.arms("main", "techno"))["deep"] == (await memory.arms("night", "house"))["deep"] == house["bright"]


async def test_a_take_that_was_not_commissioned_here_counts_for_nobody(database: Database) -> None:
    memory, sent = PostgresMemory(database), commission(station="night")
    await memory.note(sent)
    assert not await memory.credit("main", "e-1", sent.brief.id, LOVED)
    assert not await memory.credit("main", "e-1", "0" * 16, LOVED)
    assert await credited(database) == []


async def test_an_airing_that_nobody_heard_is_counted_and_teaches_nothing(database: Database) -> None:
    memory, sent = PostgresMemory(database), commission()
    await memory.note(sent)
    assert await memory.credit("main", "e-1", sent.brief.id, UNHEARD)
    assert await memory.arms("main", "house") == {}


async def test_a_commission_keeps_its_brief_and_is_noted_once(database: Database) -> None:
    memory, sent = PostgresMemory(database), commission()
    await memory.note(sent)
    await memory.note(replace(sent, variant="bright"))
    [row] = await database.fetch("SELECT variant, document FROM commissions")
    assert row["variant"] == "deep"
    assert msgspec.json.decode(row["document"], type=Brief) == sent.brief


async def test_votes_speak_for_their_genre_for_a_week(database: Database) -> None:
    memory = PostgresMemory(database)
    for number, (one, reception) in enumerate(
        [(commission(seed=1), LOVED), (commission(seed=2), HATED), (commission("deep", 3, "techno"), LOVED)]
    ):
        await memory.note(one)
        await memory.credit("main", f"e-{number}", one.brief.id, reception)
    assert await memory.votes("main") == {"house": Votes(80.0, 80.0), "techno": Votes(80.0, 0.0)}
    await database.execute("UPDATE receptions SET credited_at = now() - interval '8 days' WHERE entry_id = 'e-1'")
    assert (await memory.votes("main"))["house"] == Votes(80.0, 0.0)
    assert await memory.votes("night") == {}


async def test_a_composer_learns_over_a_restart(database: Database) -> None:
    memory = PostgresMemory(database)
    for seed in range(60):
        one = commission(("classic", "driving", "deep", "bright")[seed % 4], seed)
        await memory.note(one)
        await memory.credit("main", f"e-{seed}", one.brief.id, LOVED if one.variant == "driving" else HATED)
    composer = Composer(replace(PROFILE, genres=(("house", 1.0),)), PostgresMemory(database))
    variants = [(await composer.compose(number, BUSY)).variant for number in range(60)]
    assert variants.count("driving") > 45


async def test_while_the_database_is_away() -> None:
    away = await open_database(DatabaseLink("postgresql://nobody@127.0.0.1:1/nothing"))
    try:
        memory = PostgresMemory(away)
        with pytest.raises(MemoryAway):
            await memory.arms("main", "house")
        with pytest.raises(DatabaseAway):
            await memory.note(commission())
        composer = Composer(PROFILE, memory)
        assert (await composer.compose(1, BUSY)).brief.seconds > 0
        assert composer.tally.memory_away_total == 1
    finally:
        await away.close()
