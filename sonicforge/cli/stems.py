"""`sonicforge stems`: takes one sound file apart into drums, bass, voice and the rest, by Demucs."""

import sys
import tempfile
from pathlib import Path

from server.ears.missing import EarMissing
from server.ears.stems import Separator
from server.intake.intake import Intake
from server.intake.prepared import load as load_prepared
from server.intake.refusal import IntakeError, Refused
from sonicforge.config import load
from sonicforge.takes import write_flac
from sonicforge.wiring.media import media_policy


def run(file: Path, target: Path, weights: Path, model: str, config: Path | None) -> int:
    """Writes NAME.STEM.flac into `target`; 1 and a line on standard error if that cannot be. The file is decoded in the sandbox."""
    file = file.expanduser().resolve()
    intake = Intake([file.parent], media_policy(load(config)))
    try:
        separator = Separator(weights.expanduser(), model)
        with tempfile.TemporaryDirectory() as folder:
            report = intake.prepare_now(file, Path(folder) / "track.npy")
            stems = separator.separate(load_prepared(Path(folder) / "track.npy"))
        target.mkdir(parents=True, exist_ok=True)
        for name, samples in stems.items():
            path = target / f"{file.stem}.{name}.flac"
            write_flac(path, samples, {"title": f"{report.tags.title or file.stem} ({name})", "artist": report.tags.artist})
            print(path)
    except (EarMissing, Refused, IntakeError, OSError) as error:
        print(f"sonicforge: {error}", file=sys.stderr)
        return 1
    return 0
