"""The embedded server's process: whose it is, who may speak to it, and what is left of it when somebody is killed."""

import asyncio
import os
import pwd
import re
import select
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from benchmarks.own_postgres import new_postmaster
from control.database.embedded.binaries import copy_binaries, find_binaries
from control.database.embedded.errors import DidNotStart, InUse
from control.database.embedded.home import choose_home
from control.database.embedded.leftovers import processes
from control.database.embedded.postmaster import Postmaster
from control.database.embedded.programs import reachable_programs

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]
HOUSE = Path(__file__).resolve().parents[3]
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as somebody else")
KEEPER = """
import asyncio, sys
from pathlib import Path
from benchmarks.own_postgres import new_postmaster

async def main():
    postmaster = new_postmaster(Path(sys.argv[1]))
    await postmaster.start()
    print(postmaster.pid, flush=True)
    await asyncio.sleep(3600)

asyncio.run(main())
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that the server's user can reach."""
    place = Path(tempfile.mkdtemp(prefix="sonicforge-postgres-"))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place, ignore_errors=True)


async def value(postmaster: Postmaster, sql: str) -> object:
    connection = await asyncpg.connect(postmaster.home.url())
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_to_others(folder: Path) -> list[Path]:
    return [path for path in (folder, *folder.rglob("*")) if path.lstat().st_mode & 0o077]


def program_of(pid: int | None) -> Path:
    return Path(f"/proc/{pid}/exe").readlink()


def users_of(pid: int | None) -> set[int]:
    """Real, effective, saved and of the file system."""
    status = Path(f"/proc/{pid}/status").read_text()
    return {int(uid) for line in status.splitlines() if line.startswith("Uid:") for uid in line.split()[1:]}


def as_user(postmaster: Postmaster) -> dict[str, Any]:
    """What makes a child the server's user."""
    user = postmaster.home.user
    return {"user": user.uid, "group": user.gid, "cwd": "/"} if os.geteuid() == 0 else {"cwd": "/"}


def gone(pid: int, seconds: float = 10) -> bool:
    """Waits for the end of a process that is no child of ours."""
    descriptor = os.pidfd_open(pid)
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


async def test_is_private_unprivileged_and_on_no_network(folder: Path) -> None:
    postmaster = new_postmaster(folder)
    await postmaster.start()
    try:
        assert users_of(postmaster.pid) == {postmaster.home.user.uid}
        assert postmaster.home.user.uid != 0
        assert await value(postmaster, "select current_setting('listen_addresses')") == ""
        assert await value(postmaster, "select current_setting('data_checksums')") == "on"
        assert await value(postmaster, "select datlocale from pg_database where datname = current_database()") == "C.UTF-8"
        assert await value(postmaster, "select rolsuper from pg_roles where rolname = current_user") is False
        assert open_to_others(postmaster.home.root) == []
        assert mode(folder) == 0o711
    finally:
        await postmaster.stop()
    assert processes(postmaster.home.data) == []


@ROOT_ONLY
async def test_another_user_of_the_machine_cannot_connect(folder: Path) -> None:
    postmaster = new_postmaster(folder)
    await postmaster.start()
    try:
        stranger = pwd.getpwnam("daemon")
        socket = postmaster.home.socket_folder
        socket.chmod(0o755)  # even if he could reach the socket
        postmaster.home.root.chmod(0o755)
        (socket / ".s.PGSQL.5432").chmod(0o777)
        tried = await asyncio.create_subprocess_exec(
            *(find_binaries() / "psql", "-h", socket, "-U", "sonicforge", "-c", "select 1"),
            user=stranger.pw_uid,
            group=stranger.pw_gid,
            cwd="/",
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await tried.communicate()
        assert tried.returncode
        assert b"Peer authentication failed" in said
    finally:
        await postmaster.stop()


async def test_second_keeper_is_refused(folder: Path) -> None:
    one, other = new_postmaster(folder), new_postmaster(folder)
    await one.start()
    try:
        with pytest.raises(InUse):
            await other.start()
        assert await value(one, "select 1") == 1
    finally:
        await one.stop()
    await other.start()
    await other.stop()


async def test_killed_keeper_takes_the_server_with_it_cleanly(folder: Path) -> None:
    keeper = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KEEPER, folder, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(HOUSE)}
    )
    assert keeper.stdout
    pid = int(await keeper.stdout.readline())
    keeper.kill()
    await keeper.wait()
    assert await asyncio.to_thread(gone, pid)
    postmaster = new_postmaster(folder)
    said = await reachable_programs(find_binaries(), postmaster.home).run("pg_controldata", postmaster.home.data)
    assert re.search(r"cluster state: +shut down\n", said)
    await postmaster.start()
    await postmaster.stop()


async def test_server_that_an_earlier_keeper_left_running_is_ended(folder: Path) -> None:
    left = new_postmaster(folder)
    await left.start()
    other = Postmaster(left.home, find_binaries(), folder / "another.lock", 20)
    await other.start()
    assert await left.ended() == 0
    assert await value(other, "select 1") == 1
    await other.stop()
    await left.stop()


async def test_pid_file_that_names_somebody_elses_process(folder: Path) -> None:
    """As after a crash in a container, where pids are small and soon given again."""
    postmaster = new_postmaster(folder)
    await postmaster.start()
    lines = (postmaster.home.data / "postmaster.pid").read_text().splitlines()
    await postmaster.stop()
    stranger = await asyncio.create_subprocess_exec("sleep", "60", **as_user(postmaster))
    try:
        with postmaster.home.new_file("data/postmaster.pid") as file:
            file.write("\n".join([str(stranger.pid), *lines[1:]]))
        await postmaster.start()
        assert await value(postmaster, "select 1") == 1
        await postmaster.stop()
        assert stranger.returncode is None
    finally:
        stranger.kill()
        await stranger.wait()


async def test_half_made_server_is_made_anew(folder: Path) -> None:
    postmaster = new_postmaster(folder)
    postmaster.home.make()
    (postmaster.home.root / "data.new" / "base").mkdir(parents=True)
    await postmaster.start()
    await postmaster.stop()


async def test_says_why_it_does_not_start_and_leaves_no_lock(folder: Path) -> None:
    wrong = new_postmaster(folder, {"shared_buffers": "much"})
    with pytest.raises(DidNotStart, match="shared_buffers"):
        await wrong.start()
    right = new_postmaster(folder)
    await right.start()
    await right.stop()


@ROOT_ONLY
async def test_barred_state_folder_and_programs(folder: Path) -> None:
    """As in /root: neither is opened for the server's user; the data lie elsewhere and the programs are copied there."""
    barred = folder / "barred"
    barred.mkdir(mode=0o700)
    programs = copy_binaries(find_binaries(), barred)
    elsewhere = folder / "elsewhere"
    home = choose_home(barred / "postgres", "nobody", elsewhere)
    postmaster = Postmaster(home, programs, folder / "lock", 20)
    await postmaster.start()
    assert elsewhere in program_of(postmaster.pid).parents
    assert mode(barred) == 0o700
    await postmaster.stop()


async def test_stop_does_not_wait_for_people(folder: Path) -> None:
    postmaster = new_postmaster(folder)
    await postmaster.start()
    connection = await asyncpg.connect(postmaster.home.url())
    transaction = connection.transaction()
    await transaction.start()
    async with asyncio.timeout(5):
        await postmaster.stop()
    assert postmaster.pid is None
    connection.terminate()
