"""Passwords: what hashes tell apart, how the queue ends, what the policy says."""

import asyncio
import threading
from collections.abc import AsyncIterator
from statistics import median
from time import perf_counter

import pytest

from control.errors import Unavailable
from control.identity.passwords import COST, LONGEST, Passwords

CHEAP = 4


@pytest.fixture
async def passwords() -> AsyncIterator[Passwords]:
    made = Passwords(cost=CHEAP)
    yield made
    await made.close()


@pytest.mark.parametrize(
    "password", ["plain enough", "ü" * 100, "nul\0inside", "\0", "", "x" * LONGEST, "lone \ud800 surrogate"], ids=ascii
)
async def test_its_own_password_opens_a_hash(passwords: Passwords, password: str) -> None:
    assert await passwords.verify(password, await passwords.hash(password))


async def test_every_byte_counts(passwords: Passwords) -> None:
    """bcrypt itself reads 72 bytes, and stops at a zero in its older readings."""
    long = "a" * 90
    assert not await passwords.verify(long + "b", await passwords.hash(long + "c"))
    assert not await passwords.verify("nul\0inside", await passwords.hash("nul\0other"))


async def test_equal_passwords_have_different_hashes(passwords: Passwords) -> None:
    assert await passwords.hash("the same") != await passwords.hash("the same")


async def test_the_house_pays_cost_twelve() -> None:
    passwords = Passwords()
    assert (await passwords.hash("anything")).startswith(f"$2b${COST}$")
    await passwords.close()


async def test_nobody_has_no_password(passwords: Passwords) -> None:
    assert not await passwords.verify("", None)
    assert not await passwords.verify("anything", None)


async def test_nobody_costs_as_much_as_somebody() -> None:
    passwords = Passwords(cost=9)
    hashed = await passwords.hash("somebody's")
    taken: dict[str | None, list[float]] = {hashed: [], None: []}
    for _ in range(9):
        for against, seconds in taken.items():
            start = perf_counter()
            await passwords.verify("guessed", against)
            seconds.append(perf_counter() - start)
    assert median(taken[None]) > 0.5 * median(taken[hashed])
    await passwords.close()


async def test_behind_a_full_queue_the_rest_are_told_to_come_again() -> None:
    passwords = Passwords(queue=3, cost=10)
    asked = await asyncio.gather(*(passwords.hash("x") for _ in range(10)), return_exceptions=True)
    refused = [each for each in asked if isinstance(each, Unavailable)]
    assert len(refused) == 7
    assert all(each.retry_after_seconds for each in refused)
    assert await passwords.hash("x"), "those who come again are served"
    await passwords.close()


async def test_who_leaves_gives_his_place_back() -> None:
    passwords = Passwords(queue=3, cost=10)
    waiting = [asyncio.create_task(passwords.hash("x")) for _ in range(3)]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert await passwords.hash("x")
    await passwords.close()


async def test_one_thread_hashes_for_all() -> None:
    passwords = Passwords(cost=8)
    await asyncio.gather(*(passwords.hash("x") for _ in range(8)))
    assert len([thread for thread in threading.enumerate() if thread.name.startswith("passwords")]) == 1
    await passwords.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("password")]


@pytest.mark.parametrize("password", ["short", "x" * (LONGEST + 1), "password1", "qwertyuiop", "sonicforge1", "aaaaaaaaaaaaaaa"])
async def test_easy_or_ill_sized_ones_are_refused_with_a_sentence(passwords: Passwords, password: str) -> None:
    said = await passwords.judge(password)
    assert said
    assert all(sentence.endswith(".") for sentence in said)


async def test_ones_own_name_is_easy_to_guess(passwords: Passwords) -> None:
    assert await passwords.judge("Zwetschgenhof1", ("a.zwetschgenhof@example.org", "A. Zwetschgenhof"))
    assert not await passwords.judge("Zwetschgenhof1")


@pytest.mark.parametrize("password", ["gravel-otter-sunrise", "x9$Kv!2pLq", "ein langer Satz mit Umlauten äöü " * 7])
async def test_good_ones_may_be_used(passwords: Passwords, password: str) -> None:
    assert await passwords.judge(password, ("somebody@example.org",)) == []
