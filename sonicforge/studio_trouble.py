"""A studio in trouble, for a simulation: every backend away, every call without memory, or every language model away.

The room, the lineup, the critic, the composer and the alarms are the real ones; only what fails is made up.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Final

import numpy as np

from control.composing.standing import models_standing
from dsp.block import Samples, frames_of
from generation.backend import Backend, Progress
from generation.bandit.arm import Arm
from generation.brief import Brief
from generation.composer.composer import Composer
from generation.composer.profile import Profile
from generation.composer.surroundings import Surroundings
from generation.critic.critic import Critic
from generation.critic.limits import Limits
from generation.errors import BackendAway
from generation.licence import OURS
from generation.lineup import Lineup
from generation.llm.caller import Reply
from generation.llm.client import LlmClient
from generation.llm.errors import NoReply
from generation.llm.ledger import MemoryLedger
from generation.llm.provider import Provider
from generation.rota import Rota
from generation.studio import Studio
from generation.take import Take
from server.catalogue.catalogue import Catalogue
from server.clock import Clock
from sonicforge.studio_desk import desk_of
from sonicforge.studio_report import ModelsReport, StudioReport
from sonicforge.studio_room import StudioRoom
from sonicforge.studio_telling import report_of
from sonicforge.takes import Takes
from sonicforge.wiring.studio_part import alarms_of

DOWN, OUT_OF_MEMORY, MODELS_DOWN = "down", "oom", "llm-down"
WANTED_SECONDS: Final = 1_800.0
GENRES: Final = ("house", "techno")
_FADE_SECONDS: Final = 2.0
_FAINT: Final = 0.01
"""-40 dBFS: what is fainter at either end of a track would be a hole in the middle of a reel."""
_REELS: Final = Limits(greatest_likeness=1.0, least_pulse=0.0)
"""Reels are cut from the same sound again and again, and nobody says how fast it goes."""


class Away:
    """A backend that cannot work, or finds no memory, each time it is asked."""

    licence = OURS

    def __init__(self, name: str, error: Callable[[], Exception]) -> None:
        self.name = name
        self._error = error

    def make(self, brief: Brief, progress: Progress) -> Take:  # noqa: ARG002 -- it does not get to it
        raise self._error()

    def close(self) -> None:
        """It holds nothing."""


class Reels:
    """A backend that cuts its takes from sound that is there, so that a day of them costs minutes."""

    name = "reels"
    licence = OURS

    def __init__(self, folder: Path) -> None:
        """`folder` holds prepared tracks."""
        self._folder = folder

    def make(self, brief: Brief, progress: Progress) -> Take:
        progress(0.5, "cutting")
        wanted, pieces = frames_of(brief.seconds), list[Samples]()
        paths = sorted(self._folder.glob("*.npy"))
        first = brief.seed % len(paths)
        for path in cycle(paths[first:] + paths[:first]):
            pieces.append(_sounding(np.load(path)))
            if sum(piece.shape[1] for piece in pieces) >= wanted:
                break
        sound = np.concatenate(pieces, axis=1)[:, :wanted].copy()
        fade = frames_of(_FADE_SECONDS)
        sound[:, -fade:] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
        return Take(sound, brief, f"Reel {brief.id[:6]}", f"Band {brief.seed % 9}", 120.0, "A minor", (), {"backend": self.name})

    def close(self) -> None:
        """It holds nothing."""


def _sounding(track: Samples) -> Samples:
    """From where it can be heard to where it fades away."""
    heard = np.flatnonzero(np.abs(track).max(axis=0) >= _FAINT)
    return track[:, heard[0] : heard[-1] + 1] if heard.size else track


@dataclass(slots=True)
class Troubled:
    """The studio of a simulated station: it is stepped as the clock goes."""

    room: StudioRoom
    clock: Clock
    client: LlmClient | None = None
    composer: Composer | None = None
    alarms: dict[str, str] = field(default_factory=dict)
    """Every alarm that was raised at any time, with its words then."""
    _due_at: float = 0.0

    def step(self) -> None:
        """A turn, if one is due."""
        if self.clock.monotonic() >= self._due_at:
            self._due_at = self.clock.monotonic() + max(1.0, self.room.step())
            self.alarms |= alarms_of(self.report())

    def report(self) -> StudioReport:
        """As a worker would write it."""
        models = None
        if self.client is not None and self.composer is not None:
            told = models_standing(self.client, 0, self.composer.tally.last_failure)
            models = ModelsReport(told.configured, told.awake, told.cost_microdollars, told.last_failure)
        return report_of(self.room, self.clock.wall(), models)


def troubled(kind: str, station: str, folder: Path, catalogue: Catalogue, aired: Callable[[], Collection[str]], clock: Clock) -> Troubled:
    """`kind`: DOWN, OUT_OF_MEMORY or MODELS_DOWN. `folder` is the run's, with `prepared` in it."""
    backends: dict[str, list[Backend]] = {
        DOWN: [Away("acestep", lambda: BackendAway("the driver is gone")), Away("procedural", lambda: BackendAway("simulated"))],
        OUT_OF_MEMORY: [Away("acestep", lambda: MemoryError("CUDA out of memory")), Away("procedural", MemoryError)],
        MODELS_DOWN: [Reels(folder / "prepared")],
    }
    critic = Critic(_REELS)
    (folder / "studio").mkdir(exist_ok=True)
    takes = Takes(station, folder / "studio", catalogue, folder / "counter", folder / "vectors", 60, aired, clock.wall)
    studio = Studio(Lineup(backends[kind], clock.monotonic), critic)
    client, composer = _mute(station, clock) if kind == MODELS_DOWN else (None, None)
    desk = desk_of(takes, _by(composer, clock) if composer else Rota(GENRES).brief_at)
    room = StudioRoom(studio, critic, {station: desk}, WANTED_SECONDS, clock.monotonic, clock.wall, f"Simulated: {kind}.")
    return Troubled(room, clock, client, composer)


def _mute(station: str, clock: Clock) -> tuple[LlmClient, Composer]:
    """A composer of whose language models none answers, and whose memory is empty."""
    providers = [Provider(name, f"https://{name}.invalid/v1", "model", 0.0, 0.0) for name in ("first", "second")]
    client = LlmClient(providers, _NoLine(), MemoryLedger(), clock.monotonic, clock.wall)
    return client, Composer(Profile(station, tuple((genre, 1.0) for genre in GENRES)), _NoMemory(), client)


def _by(composer: Composer, clock: Clock) -> Callable[[int], Brief]:
    def compose(number: int) -> Brief:
        return asyncio.run(composer.compose(number, Surroundings(clock.wall() / 3_600.0 % 24.0))).brief

    return compose


class _NoLine:
    """A Caller that reaches nobody."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, largest_bytes: int) -> Reply:  # noqa: ARG002
        raise NoReply("the network is away", reached=False)

    async def get(self, url: str, headers: Mapping[str, str], timeout_seconds: float, largest_bytes: int) -> Reply:  # noqa: ARG002
        raise NoReply("the network is away", reached=False)


class _NoMemory:
    async def arms(self, station: str, genre: str) -> Mapping[str, Arm]:  # noqa: ARG002
        return {}
