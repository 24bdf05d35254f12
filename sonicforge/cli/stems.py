"""`sonicforge stems`: takes one sound file apart into drums, bass, voice and the rest, by Demucs."""

import sys
from pathlib import Path

from server.ears.missing import EarMissing
from server.ears.stems import Separator
from sonicforge.config import load
from sonicforge.one_file import Unheard, hear
from sonicforge.takes import write_flac


def run(file: Path, target: Path, weights: Path, model: str, config: Path | None) -> int:
    """Writes NAME.STEM.flac into `target`; 1 and a line on standard error if that cannot be. The file is decoded in the sandbox."""
    try:
        separator = Separator(weights.expanduser(), model)
        sound, tags = hear(file, load(config))
        stems = separator.separate(sound)
        target.mkdir(parents=True, exist_ok=True)
        for name, samples in stems.items():
            path = target / f"{file.stem}.{name}.flac"
            write_flac(path, samples, {"title": f"{tags.title or file.stem} ({name})", "artist": tags.artist})
            print(path)
    except (EarMissing, Unheard, OSError) as error:
        print(f"sonicforge: {error}", file=sys.stderr)
        return 1
    return 0
