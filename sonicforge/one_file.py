"""The sound of one file that somebody names on the command line, decoded in the sandbox."""

import tempfile
from pathlib import Path

from dsp.block import Samples
from server.intake.intake import Intake
from server.intake.prepared import load
from server.intake.refusal import IntakeError, Refused
from server.intake.tags import Tags
from sonicforge.config import Settings
from sonicforge.wiring.media import media_policy


class Unheard(Exception):
    """The file cannot be heard; the message says which, and why."""


def hear(file: Path, settings: Settings) -> tuple[Samples, Tags]:
    """Its whole sound, float32 [2, frames] at 48 kHz, and what it says of itself. Raises Unheard."""
    found = file.expanduser().resolve()
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "track.npy"
        try:
            report = Intake([found.parent], media_policy(settings)).prepare_now(found, prepared)
            return load(prepared), report.tags
        except (Refused, IntakeError, OSError) as error:
            raise Unheard(f"{file}: {error}") from error
