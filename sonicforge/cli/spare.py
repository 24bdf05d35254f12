"""`sonicforge spare`: an engine in waiting. Everything is imported and every kernel is compiled; only the station's name is missing."""

import json
import os
import sys
from pathlib import Path

import setproctitle

from dsp.warm_up import warm_up
from sonicforge.cli import engine
from sonicforge.config import load
from sonicforge.logs import open_logs


def run(config: Path | None, supervised: bool) -> None:
    """Waits for `{"station": NAME}` on standard input and goes on as that station's engine. The end of the input is the end."""
    settings = load(config)
    open_logs(settings.log, "spare")
    warm_up()
    # Unbuffered: what follows the line on standard input is the engine's lifeline and must not be read ahead.
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(sys.stdin.fileno(), 1)
        if not byte:
            return
        line += byte
    station = str(json.loads(line)["station"])
    setproctitle.setproctitle(f"{sys.executable} -m sonicforge engine --station {station} --supervised")
    engine.run(station, config, supervised)
