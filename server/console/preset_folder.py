"""The operator's own presets: a folder of TOML files, one a preset, beside those of the house. Read while the station runs.

A file says what it changes in another preset (`base`, radio if it does not say), and why. A file that cannot be read or makes no sense is
told of in the log, once for each of its states, and is no preset; the others are not concerned. Its name is the preset's name.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import structlog

from dsp.presets import PRESETS, Preset
from dsp.settings import BadSettings, MasteringSettings

DEFAULT_BASE: Final = "radio"
LARGEST_BYTES: Final = 64 << 10
MOST_FILES: Final = 100
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_LONGEST_WHY: Final = 500

log = structlog.get_logger(__name__)


class PresetFolder:
    """All presets of a station: the house's, and those of a folder, which need not exist."""

    def __init__(self, folder: Path) -> None:
        """Reads it."""
        self.presets: Mapping[str, Preset] = PRESETS
        """Replaced when a file has changed, never altered. Any thread."""
        self._folder = folder
        self._seen: dict[Path, tuple[int, int]] = {}
        self.refresh()

    def refresh(self) -> None:
        """Looks again. Blocks on the disk; never raises."""
        seen = self._look()
        if seen == self._seen:
            return
        own: dict[str, Preset] = {}
        for file in seen:
            try:
                preset = read_preset(file)
            except (OSError, ValueError, RecursionError) as error:  # of reading, of TOML, of what it means
                if seen[file] != self._seen.get(file):
                    log.error("a preset is left out", file=str(file), error=str(error))
                continue
            own[preset.name] = preset
        self._seen = seen
        self.presets = {**PRESETS, **own}

    def _look(self) -> dict[Path, tuple[int, int]]:
        """The files, and what shows that one has changed."""
        try:
            with os.scandir(self._folder) as entries:
                files = sorted(Path(entry.path) for entry in entries if entry.name.endswith(".toml") and entry.is_file())
            return {file: ((status := file.stat()).st_mtime_ns, status.st_size) for file in files[:MOST_FILES]}
        except OSError:
            return {}


def read_preset(file: Path) -> Preset:
    """The preset that a file holds. Raises OSError; ValueError (BadSettings, and what TOML that is none raises); RecursionError."""
    name = file.stem
    if not _NAME.fullmatch(name):
        raise BadSettings("a preset is named by its file: small letters, digits, - and _, at most 32")
    if name in PRESETS:
        raise BadSettings(f"{name} is a preset of the house: give yours another name")
    with file.open("rb") as opened:
        text = opened.read(LARGEST_BYTES + 1)
    if len(text) > LARGEST_BYTES:
        raise BadSettings(f"it is larger than {LARGEST_BYTES} bytes")
    table: dict[str, Any] = tomllib.loads(text.decode())
    base, why = table.pop("base", DEFAULT_BASE), table.pop("why", "")
    if not isinstance(base, str) or base not in PRESETS:
        raise BadSettings(f"base is {base!r}; there are {', '.join(PRESETS)}")
    if not isinstance(why, str):
        raise BadSettings("why is no text")
    return Preset(
        name,
        why[:_LONGEST_WHY] or f"Of this station, on the ground of {base}.",
        MasteringSettings.from_table(table, PRESETS[base].settings),
    )
