"""The embedded server's folder: where it may lie, who owns it, how its clients reach it.

PostgreSQL refuses to run as root, so under root it runs as another user, who can reach the state folder only if every folder above it lets
him pass. Nothing is ever opened for him: where the way is barred, the database lies in /var/lib/sonicforge instead. The socket's folder is
0700 and clients are known by the user that the kernel names (peer), so there is no password that could leak.
"""

import hashlib
import os
import pwd
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

from control.database.embedded.errors import NotOurs, NoUser

ELSEWHERE: Final = Path("/var/lib/sonicforge")
LONGEST_SOCKET_FOLDER: Final = 80
"""Unix allows 107 bytes for a socket; `/.s.PGSQL.5432.lock` comes after the folder."""
NAME: Final = "sonicforge"
"""Of the database and of the role that owns it."""
ADMINISTRATOR: Final = "postgres"


@dataclass(frozen=True, slots=True)
class User:
    """A user of this machine."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Home:
    """All that the embedded server has on disk."""

    root: Path
    user: User
    """Who runs it and owns the folder."""

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def logs(self) -> Path:
        return self.root / "log"

    @property
    def socket_folder(self) -> Path:
        """In the temporary folder where the path would be too long for a socket."""
        folder = self.root / "socket"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
            return folder
        return Path(tempfile.gettempdir()) / f"sonicforge-{_tag(self.root)}-postgres"

    def url(self, database: str = NAME, role: str = NAME) -> str:
        """For asyncpg."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_folder), safe='/')}"

    def make(self) -> None:
        """Makes the folders, 0700 and the user's; those above it only where there are none yet. Raises NotOurs or OSError."""
        for folder in reversed(self.root.parents):
            if not folder.exists():
                folder.mkdir()
                folder.chmod(0o755)
        if os.geteuid() == 0 and not may_pass(self.user, self.root):
            raise NotOurs(f"{self.user.name} cannot reach {self.root}")
        for folder in (self.root, self.logs, self.socket_folder):
            self._make_private(folder)

    def leave(self) -> None:
        """Takes away a socket folder outside; in its own place it stays."""
        if self.socket_folder.parent != self.root:
            with suppress(OSError):
                self.socket_folder.rmdir()

    def write(self, name: str, text: str) -> Path:
        """A small file in the folder, 0600 and the user's; whole or not at all."""
        place, beside = self.root / name, f".{name}.{os.getpid()}"
        with self.new_file(beside) as file:
            file.write(text)
        (self.root / beside).replace(place)
        return place

    def new_file(self, name: str) -> IO[str]:
        """A new, empty file in the folder, 0600 and the user's. Never follows what the user may have put in its place."""
        place = self.root / name
        place.unlink(missing_ok=True)
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        if os.geteuid() == 0:
            os.fchown(descriptor, self.user.uid, self.user.gid)
        return os.fdopen(descriptor, "w", encoding="utf-8")

    def _make_private(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700)
            made = True
        except FileExistsError:
            made = False
        if made and os.geteuid() == 0:
            os.chown(folder, self.user.uid, self.user.gid, follow_symlinks=False)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.user.uid:
            owner = _name_of(found.st_uid)
            raise NotOurs(f"{folder} is {owner}'s and not {self.user.name}'s; move it away, or run as {owner}")
        if stat.S_IMODE(found.st_mode) != 0o700:
            folder.chmod(0o700)


def choose_home(preferred: Path, run_as: str, elsewhere: Path = ELSEWHERE) -> Home:
    """The home at `preferred`, or in `elsewhere` where `run_as` could not reach it. Raises NoUser.

    Without root there is no choice: the folder and the server are this user's. A home that is there keeps its owner.
    """
    if os.geteuid() != 0:
        try:
            me = pwd.getpwuid(os.geteuid())
        except KeyError:
            raise NoUser(f"user {os.geteuid()} has no name on this machine") from None
        return Home(preferred, User(me.pw_name, me.pw_uid, me.pw_gid))
    user = _user(run_as)
    for root in (preferred, elsewhere / _tag(preferred) / "postgres"):
        if (root / "data").is_dir():
            owner = root.stat().st_uid
            kept = user if owner == user.uid else _user(_name_of(owner))
            if may_pass(kept, root):
                return Home(root, kept)
    return Home(preferred if may_pass(user, preferred) else elsewhere / _tag(preferred) / "postgres", user)


def may_pass(user: User, path: Path) -> bool:
    """Whether the user can reach `path` through every folder above it."""
    return all(_lets_through(user, folder.stat()) for folder in path.parents if folder.exists())


def _lets_through(user: User, found: os.stat_result) -> bool:
    if found.st_uid == user.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == user.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _user(name: str) -> User:
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        raise NoUser(f"there is no user {name!r}") from None
    if found.pw_uid == 0:
        raise NoUser(f"{name!r} is root")
    return User(found.pw_name, found.pw_uid, found.pw_gid)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _tag(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
