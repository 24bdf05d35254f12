"""The composer, asked from another thread: his brief, or the rota's where he fails or is too slow."""

import asyncio
from dataclasses import dataclass

import pytest

from control.composing.figures import Figure
from control.composing.standing import ModelsStanding
from generation.brief import Brief
from generation.composer.composer import Commission
from generation.rota import Rota
from sonicforge.studio_report import ModelsReport
from sonicforge.wiring.composed import Composing

ROTA = Rota(seed=9)
BRIEF = Brief("trance", 1, 60.0)


@dataclass
class Composer:
    """Answers, fails or never ends."""

    how: str = "answers"
    standing: ModelsStanding | None = None

    async def compose(self, station: str, number: int) -> Commission:
        if self.how == "fails":
            raise RuntimeError(f"no idea for {station} {number}")
        if self.how == "never":
            await asyncio.Event().wait()
        return Commission(station, BRIEF, "plain", None, "rules")  # type: ignore[arg-type]

    def models(self) -> ModelsStanding | None:
        return self.standing

    def figures(self) -> list[Figure]:
        return [Figure("sonicforge_composer_faults", "Faults.", "counter", 1.0)]


@pytest.mark.parametrize(("how", "made"), [("answers", BRIEF), ("fails", ROTA.brief_at(4)), ("never", ROTA.brief_at(4))])
async def test_there_is_always_a_brief(how: str, made: Brief) -> None:
    composing = Composing(asyncio.get_running_loop(), Composer(how), longest_seconds=0.3 if how == "never" else 30.0)
    assert await asyncio.to_thread(composing, "main", 4, ROTA) == made


async def test_after_the_loop_has_ended_the_rota_says_what_is_made() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    assert await asyncio.to_thread(Composing(loop, Composer()), "main", 4, ROTA) == ROTA.brief_at(4)


async def test_what_the_composer_tells_is_passed_on() -> None:
    loop = asyncio.get_running_loop()
    assert Composing(loop, Composer()).models() is None
    told = Composing(loop, Composer(standing=ModelsStanding(2, 1, 50, "no answer")))
    assert told.models() == ModelsReport(2, 1, 50, "no answer")
    assert [one.name for one in told.figures()] == ["sonicforge_composer_faults"]
