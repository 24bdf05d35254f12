"""`sonicforge user` as the operator runs it: a program, a real database, a password on standard input."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.control.postgres import fresh_url

pytestmark = pytest.mark.real
CHIEF = "chief@example.org"
PASSWORD = "gravel-otter-sunrise"


class Terminal:
    """Runs the program in a folder of its own."""

    def __init__(self, url: str, folder: Path) -> None:
        self._folder = folder
        self._environment = os.environ | {"SONICFORGE_DATABASE__URL": url, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}

    async def user(self, *words: str, typed: str = "") -> tuple[int, str, str]:
        """(exit status, what it printed, what it complained of)."""
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sonicforge", "user", *words),
            cwd=self._folder,
            env=self._environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(30):
            printed, complained = await program.communicate(f"{typed}\n".encode())
        return program.returncode or 0, printed.decode(), complained.decode()


@pytest.fixture
async def terminal(tmp_path: Path) -> AsyncIterator[Terminal]:
    async with fresh_url(migrated=False) as url:
        yield Terminal(url, tmp_path)


async def test_the_first_superadmin_is_made_before_the_station_ever_ran(terminal: Terminal) -> None:
    status, printed, _ = await terminal.user("create", CHIEF, "--role", "superadmin", "--name", "Chief", typed=PASSWORD)
    assert (status, printed) == (0, f"{CHIEF} is superadmin now and can log in.\n")
    status, printed, _ = await terminal.user("list", "--json")
    (listed,) = json.loads(printed)
    assert (listed["email"], listed["role"], listed["state"]) == (CHIEF, "superadmin", "active")
    status, _, complained = await terminal.user("role", CHIEF, "--role", "user")
    assert (status, complained) == (1, "sonicforge: The house needs a superadmin; make another first.\n")


async def test_what_cannot_be_done_is_said_in_a_line(terminal: Terminal) -> None:
    status, _, complained = await terminal.user("create", CHIEF, typed="short")
    assert status == 1
    assert complained.endswith("sonicforge: Use 8 to 256 characters.\n"), "after the migrations, which the log tells"
    assert (await terminal.user("create", "nobody", typed=PASSWORD))[0] == 2
    assert (await terminal.user("role", CHIEF))[0] == 2
    status, _, complained = await terminal.user("password", CHIEF, typed=PASSWORD)
    assert (status, complained) == (1, "sonicforge: There is no such account.\n")
