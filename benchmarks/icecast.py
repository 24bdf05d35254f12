"""Icecast as a peer: on loopback, with a password that everybody may know."""

import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.processes import answering, free_port, running
from benchmarks.unmeasured import program

CONFIGURATION: Final = """\
<icecast>
  <limits><clients>20000</clients><sources>8</sources><queue-size>524288</queue-size><burst-size>65536</burst-size></limits>
  <authentication><source-password>{password}</source-password><admin-user>admin</admin-user><admin-password>{password}</admin-password></authentication>
  <hostname>127.0.0.1</hostname>
  <listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
  <fileserve>0</fileserve>
  <paths><logdir>{folder}</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
  <logging><accesslog>-</accesslog><errorlog>-</errorlog><loglevel>2</loglevel></logging>
  <security><chroot>0</chroot>{owner}</security>
</icecast>
"""
NOT_ROOT: Final = "<changeowner><user>nobody</user><group>nogroup</group></changeowner>"
PASSWORD: Final = "loopback"


@dataclass(frozen=True, slots=True)
class Icecast:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Icecast]:
    """A server that answers. Raises Unmeasured where there is none."""
    port = free_port()
    owner = NOT_ROOT if os.getuid() == 0 else ""
    configuration = folder / "icecast.xml"
    configuration.write_text(CONFIGURATION.format(port=port, folder=folder, password=PASSWORD, owner=owner))
    async with running([program("icecast2"), "-c", configuration], folder / "icecast.log") as process:
        await answering(port, 10)
        yield Icecast(process, port)
