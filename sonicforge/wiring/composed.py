"""The composer as the studio's thread asks him: over to the worker's loop and back within a time, else the rota says what is made."""

import asyncio
from typing import Final, Protocol

import structlog

from control.composing.figures import Figure
from control.composing.standing import ModelsStanding
from generation.brief import Brief
from generation.composer.composer import Commission
from generation.rota import Rota
from sonicforge.studio_report import ModelsReport

LONGEST_SECONDS: Final = 120.0
"""A composer who asks several language models in turn may take a while; the studio's buffer bears it."""

logger = structlog.get_logger()


class Composer(Protocol):
    """What is asked of the composer (control/composing/composing.py)."""

    async def compose(self, station: str, number: int) -> Commission: ...
    def models(self) -> ModelsStanding | None: ...
    def figures(self) -> list[Figure]: ...


class Composing:
    """A Compose of keep_ahead: called by the studio's thread, while the loop runs in another."""

    def __init__(self, loop: asyncio.AbstractEventLoop, composer: Composer, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._loop = loop
        self._composer = composer
        self._longest_seconds = longest_seconds

    def __call__(self, station: str, number: int, rota: Rota) -> Brief:
        """The composer's brief; the rota's where he fails, or is too slow."""
        if self._loop.is_closed():
            return rota.brief_at(number)
        asked = asyncio.run_coroutine_threadsafe(self._composer.compose(station, number), self._loop)
        try:
            return asked.result(self._longest_seconds).brief
        except Exception as error:  # noqa: BLE001 -- whatever went wrong there, something is made
            asked.cancel()
            reason = str(error) or type(error).__name__
            logger.warning("the composer did not answer; the rota says what is made", station=station, reason=reason)
            return rota.brief_at(number)

    def models(self) -> ModelsReport | None:
        """How the language models stand; None where none is set up."""
        told = self._composer.models()
        return None if told is None else ModelsReport(told.configured, told.awake, told.cost_microdollars, told.last_failure)

    def figures(self) -> tuple[Figure, ...]:
        """For Prometheus."""
        return tuple(self._composer.figures())
