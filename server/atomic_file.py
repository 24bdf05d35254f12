"""A file that is there whole or not at all: written beside its place and renamed into it.

Whoever reads the place sees the old bytes or the new ones. Blocks on the disk, so it is never called by the ticking thread.
"""

import os
import threading
from contextlib import suppress
from pathlib import Path


def write_atomically(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Puts `data` at `path`, making its folder. With `durable` it outlives a power cut. Raises OSError, and then leaves nothing behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with beside.open("wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
