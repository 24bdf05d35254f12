"""A finished take on its way into a station's queue, by a real control socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from control.pipeline.duty import NotQueued
from server.air import Moment
from server.commands import Answer, Command, Cue, Done, Refused
from server.control_socket import ControlSocket, Steered
from sonicforge.wiring.bookings import cue

pytestmark = pytest.mark.real


class Engine:
    """Queues what its catalogue has; remembers what it answered, as engines do."""

    def __init__(self, refuses: int = 0) -> None:
        self.refuses = refuses
        self.queue: list[str] = []
        self.ids: list[str] = []
        self._answers: dict[str, Answer] = {}

    async def ask(self, command: Command) -> Answer:
        assert isinstance(command, Cue)
        self.ids.append(command.id)
        if command.id not in self._answers:
            self._answers[command.id] = self._obey(command)
        return self._answers[command.id]

    def _obey(self, command: Cue) -> Answer:
        if self.refuses:
            self.refuses -= 1
            return Refused(command.id, f"the catalogue has no track {command.track_id}")
        self.queue.append(command.track_id)
        return Done(command.id, 0, f"q-{len(self.queue)}")


@asynccontextmanager
async def on_air(engine: Engine, path: Path) -> AsyncIterator[None]:
    def nothing() -> Moment | None:
        return None

    steered = Steered(engine.ask, nothing, nothing, nothing, list)  # type: ignore[arg-type]
    async with ControlSocket(path, steered):
        yield


async def test_it_is_queued_once_however_often_that_is_asked(tmp_path: Path) -> None:
    engine = Engine()
    async with on_air(engine, tmp_path / "main.control"):
        for _ in range(2):
            assert await cue(lambda name: tmp_path / f"{name}.control", "main", "5f5f", "job") == "q-1"
    assert engine.queue == ["5f5f"]


async def test_a_catalogue_that_is_read_anew_is_waited_for(tmp_path: Path) -> None:
    engine = Engine(refuses=2)
    async with on_air(engine, tmp_path / "main.control"):
        assert await cue(lambda name: tmp_path / f"{name}.control", "main", "5f5f", "job", again_seconds=0.0) == "q-1"
    assert engine.ids == ["job-0", "job-1", "job-2"], "what was refused is asked under another id"


async def test_a_refusal_that_stays_and_a_station_that_is_away_are_said(tmp_path: Path) -> None:
    engine = Engine(refuses=99)
    async with on_air(engine, tmp_path / "main.control"):
        with pytest.raises(NotQueued, match="has no track 5f5f"):
            await cue(lambda name: tmp_path / f"{name}.control", "main", "5f5f", "job", again_seconds=0.0)
    with pytest.raises(NotQueued, match="no station is on air"):
        await cue(lambda name: tmp_path / f"{name}.control", "main", "5f5f", "job", again_seconds=0.0)


async def test_an_engine_that_comes_back_is_asked_under_the_same_id(tmp_path: Path) -> None:
    engine, path = Engine(), tmp_path / "main.control"
    asked = asyncio.Event()

    def socket_of(_name: str) -> Path:
        asked.set()
        return path

    asking = asyncio.create_task(cue(socket_of, "main", "5f5f", "job", again_seconds=0.5))
    await asyncio.wait_for(asked.wait(), 10)
    async with on_air(engine, path):
        assert await asyncio.wait_for(asking, 30) == "q-1"
    assert set(engine.ids) == {"job-0"}
