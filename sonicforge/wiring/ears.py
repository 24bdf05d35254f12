"""The ears of a worker, put together: which there are, what is missing, and who has what heard when."""

from pathlib import Path
from typing import Final

import structlog

from server.catalogue.accession import Accession
from server.catalogue.catalogue import Catalogue
from server.catalogue.listening import Listening
from server.catalogue.measurement import measure_prepared
from server.clock import SystemClock
from server.ears import chromaprint
from server.ears.beat_this import BeatThisEar
from server.ears.clap import ClapEar
from server.ears.ears import Ear, Ears
from server.ears.essentia import EssentiaEar
from server.ears.missing import EarMissing
from server.intake.intake import Intake
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.wiring.media import media_policy

logger = structlog.get_logger()
SCRATCH: Final = "listening.npy"


def open_ears(settings: Settings) -> Ears | None:
    """The ears as the configuration has them, None if it wants none. What is missing is said, and done without."""
    if not settings.ears.enabled:
        return None
    if not chromaprint.available():
        logger.warning(chromaprint.MISSING, advice=chromaprint.ADVICE)
    return Ears(_more(settings))


def accession_of(intake: Intake, folders: Folders, ears: Ears | None, catalogue: Catalogue) -> Accession:
    """Takes files in and has them heard by the way, so that each is decoded once."""
    measure = ears.listen_to if ears else measure_prepared
    return Accession(intake, folders.prepared / "accession.npy", measure, catalogue.remember)


def listening_of(settings: Settings, folders: Folders, ears: Ears, catalogue: Catalogue) -> Listening:
    """Has heard what was taken in without, and what is asked for."""
    media = settings.media.folder.expanduser().resolve()
    intake = Intake([media, folders.studio, folders.uploads], media_policy(settings))
    return Listening(catalogue, intake, ears, folders.prepared / SCRATCH, SystemClock().wall)


def _more(settings: Settings) -> list[Ear]:
    wanted = settings.ears
    found: list[Ear] = []
    for is_wanted, make in (
        (wanted.essentia, EssentiaEar),
        (wanted.beat_this_weights, lambda: BeatThisEar(Path(wanted.beat_this_weights).expanduser())),
        (wanted.clap_weights, lambda: ClapEar(Path(wanted.clap_weights).expanduser())),
    ):
        if is_wanted:
            try:
                found.append(make())
            except EarMissing as error:
                logger.warning("ears: one is missing, and done without", error=str(error))
    return found
