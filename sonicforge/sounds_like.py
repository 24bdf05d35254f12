"""What a station's last takes sounded like: their vectors in one small file, so that the critic knows them after a restart too."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from msgspec import DecodeError, Struct, ValidationError, msgpack
from numpy.typing import NDArray

from server.atomic_file import write_atomically


class Noted(Struct, frozen=True, array_like=True):
    """One take."""

    id: str
    vector: bytes
    """float16, little-endian: the cosine of two such vectors is right to a thousandth."""


@dataclass(frozen=True, slots=True)
class SoundsLike:
    """The last `most` of them, the latest at the end. What cannot be read counts as forgotten."""

    file: Path
    most: int

    def note(self, take_id: str, vector: NDArray[np.float32]) -> None:
        """Adds one, or puts it at the end if it is there. Raises OSError."""
        if vector.size == 0:
            return
        kept = [noted for noted in self._read() if noted.id != take_id]
        kept.append(Noted(take_id, vector.astype("<f2").tobytes()))
        write_atomically(self.file, msgpack.encode(kept[-self.most :]), durable=False)

    def vectors(self, but: str = "") -> list[NDArray[np.float32]]:
        """All but that take's."""
        return [np.frombuffer(noted.vector, "<f2").astype(np.float32) for noted in self._read() if noted.id != but]

    def _read(self) -> list[Noted]:
        try:
            return msgpack.decode(self.file.read_bytes(), type=list[Noted])
        except (OSError, DecodeError, ValidationError):
            return []
