"""PostgreSQL's programs, run as the server's user: with a clean environment, in a folder that he may enter, behind the engine."""

import asyncio
import ctypes
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, TypedDict

from control.database.embedded.binaries import copy_binaries
from control.database.embedded.errors import DidNotStart
from control.database.embedded.home import Home, User, may_pass

RUN_SECONDS: Final = 120.0
NICENESS: Final = 5
"""Below the engine: the sound comes first."""
PR_SET_PDEATHSIG: Final = 1


class _AsUser(TypedDict):
    cwd: str
    umask: int
    env: dict[str, str]
    user: int | None
    group: int | None
    extra_groups: Sequence[int] | None


class Programs:
    """The programs in one folder, for one user."""

    def __init__(self, folder: Path, user: User) -> None:
        self._folder = folder
        self._user = user

    async def run(self, name: str, *arguments: str | Path) -> str:
        """Runs one to its end: what it said. Raises DidNotStart with that if it fails."""
        process = await asyncio.create_subprocess_exec(
            self._folder / name, *arguments, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, **self._as_user()
        )
        try:
            async with asyncio.timeout(RUN_SECONDS):
                said, _ = await process.communicate()
        except BaseException:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        text = said.decode(errors="replace").strip()
        if process.returncode:
            raise DidNotStart(f"{name}: {text}")
        return text

    async def start(self, name: str, *arguments: str | Path, log: int) -> Process:
        """Starts one that ends when this process ends, however it does. `log`: the descriptor that it speaks to."""
        return await asyncio.create_subprocess_exec(
            self._folder / name,
            *arguments,
            stdin=DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
            preexec_fn=_die_with(os.getpid()),
            **self._as_user(),
        )

    def _as_user(self) -> _AsUser:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        root = os.geteuid() == 0
        return {
            "cwd": "/",
            "umask": 0o077,
            "env": {**environment, "TZ": "UTC"},
            "user": self._user.uid if root else None,
            "group": self._user.gid if root else None,
            "extra_groups": () if root else None,
        }


def reachable_programs(folder: Path, home: Home) -> Programs:
    """The programs where the server's user can run them: copied beside his home if the way to `folder` is barred to him."""
    if os.geteuid() == 0 and not may_pass(home.user, folder / "postgres"):
        folder = copy_binaries(folder, home.root.parent)
    return Programs(folder, home.user)


def _die_with(parent: int) -> Callable[[], None]:
    """What the new process does before it becomes postgres: asks to be told of our end, and steps behind the engine.

    The kernel forgets the wish when the user changes, which is why this comes after it.
    """
    library = ctypes.CDLL(None) if sys.platform == "linux" else None

    def prepare() -> None:
        if library is not None:
            library.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
            if os.getppid() != parent:
                os._exit(1)
        os.nice(NICENESS)

    return prepare
