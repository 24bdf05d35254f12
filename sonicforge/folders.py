"""Where things lie in the state folder. Paths only: each owner makes and writes its own files."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LONGEST_SOCKET_PATH: Final = 100
"""Unix allows 107 bytes; a socket's temporary name needs some of them."""


@dataclass(frozen=True, slots=True)
class Folders:
    """The state folder's map; see docs/architecture.md."""

    root: Path

    @property
    def catalogue(self) -> Path:
        return self.root / "catalogue"

    @property
    def studio(self) -> Path:
        return self.root / "studio"

    @property
    def prepared(self) -> Path:
        return self.root / "prepared"

    @property
    def loop(self) -> Path:
        return self.root / "loop"

    @property
    def lock(self) -> Path:
        return self.root / "run" / "supervisor.lock"

    @property
    def postgres(self) -> Path:
        """The database's home, unless its user cannot reach it (control/database/embedded/home.py); he owns it."""
        return self.root / "postgres"

    @property
    def postgres_lock(self) -> Path:
        return self.root / "run" / "postgres.lock"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def audit(self) -> Path:
        """Entries of the audit log that wait for the database."""
        return self.root / "audit"

    @property
    def uploads(self) -> Path:
        """Sound files that people have sent."""
        return self.root / "uploads"

    @property
    def aircheck(self) -> Path:
        """What was on air, recorded."""
        return self.root / "aircheck"

    def station(self, name: str) -> Path:
        return self.root / "stations" / name

    def targets(self, station: str) -> Path:
        """The platforms to which the station is published, sealed; written by fronts, read by the pusher."""
        return self.station(station) / "targets.sealed"

    def pushing(self, station: str) -> Path:
        """How each target stands; written by the pusher, read by fronts."""
        return self.root / "run" / f"{station}.pusher.json"

    @property
    def studio_report(self) -> Path:
        """How the studio stands; written by the worker, read by fronts."""
        return self.root / "run" / "studio.json"

    def front(self, name: str) -> Path:
        """The socket at which one front takes what another front was sent."""
        return self._run() / f"{name}.front"

    def wire(self, station: str) -> Path:
        return self._run() / f"{station}.wire"

    def control(self, station: str) -> Path:
        return self._run() / f"{station}.control"

    def _run(self) -> Path:
        """The folder of the sockets: beside the state, or in the temporary folder where the path would be too long for a socket."""
        run = self.root / "run"
        if len(str(run)) + len("/") + 40 <= LONGEST_SOCKET_PATH:
            return run
        tag = hashlib.sha256(str(self.root).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"sonicforge-{tag}"

    def make(self) -> None:
        """Makes every folder; raises OSError. Private: other users of the machine have no business here."""
        self.root.mkdir(parents=True, exist_ok=True)
        for folder in (self.catalogue, self.studio, self.prepared, self.loop, self.uploads, self.root / "run", self._run()):
            folder.mkdir(parents=True, exist_ok=True)
        self._run().chmod(0o700)


def sound_file(studio: Path, take_id: str) -> Path:
    """Where the sound of that take is, in the folder of takes."""
    return studio / f"{take_id}.flac"
