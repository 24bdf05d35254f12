"""A real ingest: nginx with its RTMP module, on a free port, which records every stream it takes.

One process, owned by whoever runs the tests.
"""

import getpass
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.programs import program

STARTS_WITHIN_SECONDS = 10.0


class Nginx:
    """May be ended and started again; its recordings stay."""

    def __init__(self, folder: Path) -> None:
        self.port = _free_port()
        self.recordings = folder / "recordings"
        self.recordings.mkdir(parents=True)
        self._folder = folder
        self._configuration = folder / "nginx.conf"
        self._configuration.write_text(_configuration(folder, self.port, self.recordings))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"rtmp://127.0.0.1:{self.port}/app"

    def start(self) -> None:
        """Returns when it takes connections."""
        command = [program("nginx"), "-p", str(self._folder), "-c", str(self._configuration), "-g", "daemon off;"]
        with (self._folder / "out").open("ab") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out)
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.02)
        raise AssertionError((self._folder / "out").read_text() + "\nno nginx; it needs: apt-get install nginx libnginx-mod-rtmp")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ends it."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(10)
            self._process = None

    def recorded(self) -> list[Path]:
        """What has been taken so far, oldest first."""
        return sorted(self.recordings.glob("*.flv"), key=lambda path: path.stat().st_mtime_ns)


@contextmanager
def running_nginx(folder: Path) -> Iterator[Nginx]:
    """An ingest for the length of the block."""
    nginx = Nginx(folder / "nginx")
    nginx.start()
    try:
        yield nginx
    finally:
        nginx.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _configuration(folder: Path, port: int, recordings: Path) -> str:
    return f"""
load_module {_module()};
user {getpass.getuser()};
worker_processes 1;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log info;
events {{ worker_connections 64; }}
rtmp {{
    server {{
        listen 127.0.0.1:{port};
        chunk_size 4096;
        application app {{
            live on;
            meta copy;
            record all;
            record_path {recordings};
            record_unique on;
            record_suffix -%s.flv;
        }}
    }}
}}
"""


def _module() -> str:
    for folder in ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules"):
        if (module := Path(folder) / "ngx_rtmp_module.so").exists():
            return str(module)
    raise AssertionError("nginx has no RTMP module: apt-get install libnginx-mod-rtmp")
