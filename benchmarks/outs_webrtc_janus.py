"""The peer of WebRTC out: Janus with its streaming plugin, one thread for all listeners, fed with the RTP that our own listeners get.

Its API is HTTP on the loopback. It has no timeouts here, so that listeners who say nothing stay.
"""

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from benchmarks.processes import answering, free_port, running
from benchmarks.unmeasured import Unmeasured, program

PAYLOAD_TYPE: Final = 111
STARTS_SECONDS: Final = 15.0
FOLDERS: Final = tuple(Path("/usr/lib").glob("*/janus"))

GENERAL: Final = """\
general: {{
    configs_folder = "{folder}"
    plugins_folder = "{installed}/plugins"
    transports_folder = "{installed}/transports"
    events_folder = "{folder}"
    loggers_folder = "{folder}"
    log_to_stdout = true
    debug_level = 3
    session_timeout = 0
    event_loops = 1
}}
media: {{ rtp_port_range = "20000-40000" }}
"""
HTTP: Final = """\
general: {{ json = "compact", base_path = "/janus", http = true, port = {port}, ip = "127.0.0.1", https = false }}
admin: {{ admin_http = false, admin_https = false }}
"""
STREAM: Final = """\
station: {{
    type = "rtp"
    id = 1
    media = ({{ type = "audio", mid = "a", port = {port}, pt = {payload_type}, codec = "opus", fmtp = "stereo=1" }})
}}
"""


class Janus:
    """At work."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, sound_port: int) -> None:
        self.process = process
        self.address = f"http://127.0.0.1:{port}/janus"
        self.sound_port = sound_port
        """Where it takes RTP."""


def version() -> str:
    """Its own words, such as `Janus version: 1102 (1.1.2)`."""
    said = subprocess.run([program("janus"), "--version"], capture_output=True, text=True, check=False).stdout
    return next(iter(said.splitlines()), "Janus")


@asynccontextmanager
async def on_air(folder: Path, core: int) -> AsyncIterator[Janus]:
    """Janus on one core, as long as the block lasts. Raises Unmeasured where it is not installed."""
    executable = program("janus")
    if not FOLDERS:
        raise Unmeasured("janus is installed without its plugins: apt-get install janus")
    home = folder / "janus"
    home.mkdir(exist_ok=True)
    port, sound_port = free_port(), free_port()
    (home / "janus.jcfg").write_text(GENERAL.format(folder=home, installed=FOLDERS[0]))
    (home / "janus.transport.http.jcfg").write_text(HTTP.format(port=port))
    (home / "janus.plugin.streaming.jcfg").write_text(STREAM.format(port=sound_port, payload_type=PAYLOAD_TYPE))
    command: list[str | Path] = ["taskset", "-c", str(core), executable, "-F", home, "-C", home / "janus.jcfg"]
    async with running(command, home / "log") as process:
        await answering(port, STARTS_SECONDS)
        yield Janus(process, port, sound_port)
