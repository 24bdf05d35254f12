"""The studio's backends and its critic, put together as the configuration and the machine have it.

What may not be aired is refused here, before the station starts: a station that earns money never meets weights that may not.
"""

import os
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import structlog

from generation.backend import Backend
from generation.critic.aesthetics import Aesthetics
from generation.critic.assessor import Assessor, AssessorMissing
from generation.critic.clap import Clap
from generation.critic.critic import Critic
from generation.critic.limits import Limits
from generation.errors import LicenceForbids, StudioError
from generation.licence import check_licence
from generation.lineup import Lineup
from generation.procedural.composer import ProceduralComposer
from generation.studio import Studio
from sonicforge.config import InvalidConfiguration, Settings
from sonicforge.sections_studio import weights_folder
from sonicforge.wiring.studio_choice import ACESTEP, PROCEDURAL, Choice, choose, this_machine

if TYPE_CHECKING:
    from generation.musicgen.backend import MusicGen

_THREAD_VARIABLES: Final = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")

logger = structlog.get_logger()


def check_studio(settings: Settings) -> None:
    """Whether the stations may air what the chosen backends make, and whether these can be set up at all. Raises InvalidConfiguration."""
    if not settings.studio.enabled:
        return
    for backend in _backends(settings, choose(settings, this_machine())):
        for name, station in settings.stations.items():
            try:
                check_licence(backend.name, backend.licence, station.monetised, station.yearly_revenue_dollars)
            except LicenceForbids as error:
                raise InvalidConfiguration(f"studio.backends: {backend.name} for stations.{name}: {error}") from None


def open_lineup(settings: Settings, clock: Callable[[], float] = time.monotonic) -> Lineup:
    """The backends in their order, nothing loaded yet. Raises InvalidConfiguration."""
    check_studio(settings)
    choice = choose(settings, this_machine())
    logger.info("studio", backends=list(choice.names), why=choice.why)
    return Lineup(_backends(settings, choice), clock, settings.studio.longest_minutes * 60.0)


def open_studio(settings: Settings, clock: Callable[[], float] = time.monotonic) -> tuple[Studio, Critic]:
    """The lineup with its critic. Raises InvalidConfiguration."""
    critic = open_critic(settings)
    return Studio(open_lineup(settings, clock), critic, settings.studio.best_of, settings.studio.rounds), critic


def open_critic(settings: Settings) -> Critic:
    """With his limits, and the models that have a say. One that is missing is said, and done without."""
    wanted = settings.studio.critic
    limits = Limits(**{name: getattr(wanted, name) for name in asdict(Limits())})
    found: list[Assessor] = []
    for written, make in ((wanted.aesthetics_weights, Aesthetics), (wanted.clap_weights, Clap)):
        folder = weights_folder(written)
        if folder is not None:
            try:
                found.append(make(folder))
            except AssessorMissing as error:
                logger.warning("critic: an assessor is missing, and done without", error=str(error))
    return Critic(limits, found)


def hold_threads(settings: Settings) -> None:
    """Before anything is imported that computes: how many cores it may take. The air needs the others."""
    for variable in _THREAD_VARIABLES:
        os.environ.setdefault(variable, str(settings.studio.threads))


def open_musicgen(settings: Settings, model: str = "") -> "MusicGen":
    """As [studio.musicgen] has it, or with another model; nothing loaded yet. Raises ValueError."""
    from generation.musicgen.backend import MusicGen
    from generation.musicgen.options import MusicGenOptions

    told = settings.studio.musicgen
    options = MusicGenOptions(
        device=told.device,
        dtype=told.dtype,
        download=told.download,
        most_at_once=told.most_at_once,
        weights=told.weights,
        cache=told.cache,
    )
    return MusicGen(model or told.model, told.revision, options)


def _backends(settings: Settings, choice: Choice) -> list[Backend]:
    made: dict[str, Callable[[Settings], Backend]] = {
        PROCEDURAL: lambda _: ProceduralComposer(),
        ACESTEP: _acestep,
        "musicgen": open_musicgen,
        "remote": _remote,
    }
    found = []
    for name in choice.names:
        try:
            found.append(made[name](settings))
        except (StudioError, ValueError) as error:
            raise InvalidConfiguration(f"studio.{name}: {error}") from None
    return found


def _acestep(settings: Settings) -> Backend:
    from generation.acestep.backend import AceStep
    from generation.acestep.options import AceStepOptions

    told = settings.studio.acestep
    options = AceStepOptions(
        device=told.device, dtype=told.dtype, offload=told.offload, download=told.download, steps=told.steps, most_at_once=told.most_at_once
    )
    return AceStep(told.model, told.revision, options)


def _remote(settings: Settings) -> Backend:
    from sonicforge.wiring.remote_backend import open_remote

    return open_remote(settings)
