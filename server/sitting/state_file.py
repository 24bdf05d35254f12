"""The file that a station's state lives in. It is written whole, about once a second, off the tick.

The one before is kept as `.previous`: a torn, absent or unknown file leads back to it, else to a sign-on, never to a crash.
"""

from contextlib import suppress
from pathlib import Path

import structlog
from msgspec import MsgspecError
from msgspec.json import Decoder, Encoder

from server.atomic_file import write_atomically
from server.sitting.sitting import VERSION, StationState

_log = structlog.get_logger(__name__)


class StateFile:
    """One station's `state.json`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._previous = path.with_name(f"{path.name}.previous")
        self._encoder = Encoder()
        self._decoder = Decoder(StationState)

    def load(self) -> StationState | None:
        """The state that was stored last, as far as it can be read; None for a station that never was on air."""
        states = [state for path in (self._path, self._previous) if (state := self._read(path)) is not None]
        return states[0] if states else None

    def save(self, state: StationState) -> None:
        """Blocks until it is on the disk. Raises OSError."""
        data = self._encoder.encode(state)
        with suppress(FileNotFoundError):
            self._path.replace(self._previous)
        write_atomically(self._path, data)

    def _read(self, path: Path) -> StationState | None:
        try:
            state = self._decoder.decode(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, MsgspecError, UnicodeDecodeError) as error:
            _log.warning("the station's state cannot be read", file=str(path), error=str(error))
            return None
        if state.version != VERSION or state.position < 0:
            _log.warning("the station's state is of another version", file=str(path), version=state.version)
            return None
        return state
