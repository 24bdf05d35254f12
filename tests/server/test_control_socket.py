"""The control socket: every request, every kind of nonsense, and nobody can hold it up."""

import asyncio
import json
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.control_requests import Failure, Mastered
from server.control_socket import LONGEST_LINE, MOST_CONNECTIONS, ControlSocket, ControlSocketError, Steered, converse
from server.insert.plug_in import InsertStanding, InsertState
from tests.server.virtual_station import VirtualStation, catalogue

MASTERED = Mastered("radio", False, {"servo": {"target_lufs": -16.0}}, {"radio": "Even."}, InsertStanding(InsertState.OFF), True)


class OnAir:
    """A virtual station that ticks as fast as the loop lets it, behind its control socket."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "run" / "main.control"
        self.station = VirtualStation(folder, catalogue(20, seconds=60.0))
        self.station.ear.keep = False
        self.station.run(3.0)
        programme = self.station.programme
        self.steered = Steered(
            ask=self.station.desk.ask,
            latest=lambda: programme.latest,
            situation=lambda: programme.situation,
            mastered=lambda: MASTERED,
            tracks=self.station.tracks.library.values,
        )
        self.socket = ControlSocket(self.path, self.steered)

    async def tick(self) -> None:
        while True:
            self.station.run(0.2)
            await asyncio.sleep(0.002)

    async def ask(self, **request: Any) -> dict[str, Any]:
        return await asyncio.to_thread(converse, self.path, request)

    async def say(self, line: bytes) -> bytes:
        reader, writer = await asyncio.open_unix_connection(str(self.path))
        writer.write(line)
        answer = await asyncio.wait_for(reader.readline(), 10)
        writer.close()
        return answer


@pytest.fixture
async def on_air(tmp_path: Path) -> AsyncIterator[OnAir]:
    one = OnAir(tmp_path)
    async with one.socket:
        ticking = asyncio.ensure_future(one.tick())
        yield one
        ticking.cancel()
        await asyncio.wait([ticking])


async def test_only_the_owner_may_use_it_and_it_is_gone_afterwards(tmp_path: Path) -> None:
    one = OnAir(tmp_path)
    async with one.socket:
        assert stat.S_IMODE(one.path.stat().st_mode) == 0o600
    assert not one.path.exists()


async def test_status_tells_what_is_on_air(on_air: OnAir) -> None:
    status = await on_air.ask(do="status")
    assert status["ok"] is True
    assert status["airing"]["entry"]["track"]["title"].startswith("Title ")
    assert status["upcoming"]
    assert status["levels"]["momentary_lufs"] == -16.0
    assert status["standing"]["fallback_level"] == 0
    assert (status["sitting"], status["stopped"]) == (1, False)


async def test_the_queue_from_end_to_end(on_air: OnAir) -> None:
    first = await on_air.ask(do="add", track_id="0001")
    second = await on_air.ask(do="add", track_id="0002", index=0)
    assert first["ok"]
    assert second["ok"]
    queue = (await on_air.ask(do="queue"))["queue"]
    assert [entry["track"]["id"] for entry in queue] == ["0002", "0001"]
    assert (await on_air.ask(do="reorder", entry_ids=[first["entry_id"], second["entry_id"]]))["ok"]
    assert (await on_air.ask(do="remove", entry_id=second["entry_id"]))["ok"]
    queue = (await on_air.ask(do="queue"))["queue"]
    assert [entry["track"]["id"] for entry in queue] == ["0001"]


async def test_what_has_left_the_queue_for_the_deck_is_told_beside_it(on_air: OnAir) -> None:
    told = await on_air.ask(do="queue")
    status = await on_air.ask(do="status")
    assert told["cued"]["id"] == status["upcoming"][0]["id"]
    assert told["cued"]["id"] not in [entry["id"] for entry in told["queue"]]


async def test_skip_veto_stop_and_start(on_air: OnAir) -> None:
    before = (await on_air.ask(do="status"))["airing"]["entry"]
    assert (await on_air.ask(do="skip", entry_id=before["id"]))["entry_id"] == before["id"]
    assert (await on_air.ask(do="veto", track_id=before["track"]["id"]))["ok"]
    assert "vetoed" in (await on_air.ask(do="add", track_id=before["track"]["id"]))["error"]
    assert (await on_air.ask(do="stop"))["ok"]
    assert (await on_air.ask(do="status"))["stopped"] is True
    assert (await on_air.ask(do="start"))["ok"]
    assert (await on_air.ask(do="status"))["stopped"] is False


async def test_the_same_id_changes_nothing_more(on_air: OnAir) -> None:
    answers = [await on_air.ask(do="add", track_id="0001", id="once") for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert len((await on_air.ask(do="queue"))["queue"]) == 1
    await on_air.ask(do="add", track_id="0001")
    await on_air.ask(do="add", track_id="0001")
    assert len((await on_air.ask(do="queue"))["queue"]) == 3


async def test_tracks_can_be_looked_for(on_air: OnAir) -> None:
    found = await on_air.ask(do="tracks", find="title 001")
    assert found["found"] == 10
    assert [track["id"] for track in found["tracks"]][:2] == ["0010", "0011"]
    assert (await on_air.ask(do="tracks"))["found"] == 20


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"\n", "not understood"),
        (b"skip\n", "not understood"),
        (b"{}\n", "do"),
        (b'{"do":"dance"}\n', "dance"),
        (b'{"do":"skip","now":true}\n', "now"),
        (b'{"do":"add"}\n', "track_id"),
        (b'{"do":"add","track_id":7}\n', "track_id"),
        (b'{"do":"add","track_id":"0001","index":99}\n', "no place 99"),
        (b'{"do":"remove","entry_id":"x"}\n', "no entry x"),
        (b'{"do":"reorder","entry_ids":["x"]}\n', "each queued entry once"),
        (b'{"do":"veto","track_id":"x"}\n', "no track x"),
        (b'{"do":"skip","entry_id":"x"}\n', "not on air"),
        (b"\xff\xfe\n", "not understood"),
        (b"[" * 60_000 + b"\n", "not understood"),
    ],
)
async def test_nonsense_is_answered_with_its_reason(on_air: OnAir, line: bytes, why: str) -> None:
    answer = json.loads(await on_air.say(line))
    assert answer["ok"] is False
    assert why in answer["error"]


async def test_several_lines_on_one_connection(on_air: OnAir) -> None:
    reader, writer = await asyncio.open_unix_connection(str(on_air.path))
    writer.write(b'{"do":"queue"}\nnonsense\n{"do":"status"}\n')
    answers = [json.loads(await asyncio.wait_for(reader.readline(), 10)) for _ in range(3)]
    writer.close()
    assert [answer["ok"] for answer in answers] == [True, False, True]


async def test_a_line_without_end_is_cut_off(on_air: OnAir) -> None:
    answer = json.loads(await on_air.say(b"x" * (LONGEST_LINE + 10)))
    assert "a line may have" in answer["error"]
    assert (await on_air.ask(do="queue"))["ok"]


async def test_connections_are_bounded_and_come_free(on_air: OnAir) -> None:
    others = [await asyncio.open_unix_connection(str(on_air.path)) for _ in range(MOST_CONNECTIONS)]
    for reader, writer in others:
        writer.write(b'{"do":"queue"}\n')
        assert b"true" in await asyncio.wait_for(reader.readline(), 10)
    refused = json.loads(await on_air.say(b'{"do":"queue"}\n'))
    assert refused["error"] == "too many connections"
    for _, writer in others:
        writer.close()
    async with asyncio.timeout(10):
        while not (await on_air.ask(do="queue"))["ok"]:
            pass


async def test_a_station_that_does_not_tick_is_not_waited_for(tmp_path: Path) -> None:
    one = OnAir(tmp_path)
    answer = await ControlSocket(one.path, one.steered, answer_seconds=0.05).answer(b'{"do":"skip"}')
    assert answer == Failure("the station did not answer within 0.05 s")


async def test_a_socket_of_a_dead_engine_is_replaced_and_a_living_one_is_not(tmp_path: Path) -> None:
    one = OnAir(tmp_path)
    one.path.parent.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(one.path))
    async with one.socket:
        assert (await one.ask(do="queue"))["ok"]
        with pytest.raises(ControlSocketError, match="another engine"):
            await ControlSocket(one.path, one.steered).__aenter__()
        assert (await one.ask(do="queue"))["ok"]


async def test_a_path_too_long_says_so(tmp_path: Path) -> None:
    one = OnAir(tmp_path)
    with pytest.raises(ControlSocketError, match="too long"):
        await ControlSocket(tmp_path / ("x" * 120), one.steered).__aenter__()


def test_the_client_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ControlSocketError, match="no station is on air"):
        converse(tmp_path / "nothing", {"do": "status"})
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(tmp_path / "mute"))
        mute.listen()
        with pytest.raises(ControlSocketError, match="did not answer"):
            converse(tmp_path / "mute", {"do": "status"}, timeout_seconds=0.05)
    with pytest.raises(ControlSocketError, match="no station is on air"):
        converse(tmp_path / "mute", {"do": "status"})


async def test_the_mastering_is_told_and_set(tmp_path: Path) -> None:
    one = OnAir(tmp_path)
    async with one.socket:
        ticking = asyncio.create_task(one.tick())
        told = await one.ask(do="mastering")
        assert (told["preset"], told["insert"]["state"], told["ok"]) == ("radio", "off", True)
        done = await one.ask(do="master", preset="loud", changes={"limiter": {"ceiling_dbtp": -2.0}})
        assert done["ok"]
        assert one.station.console.setting.preset == "loud"
        assert one.station.mastering.settings.limiter.ceiling_dbtp == -2.0
        refused = await one.ask(do="master", preset="cathedral")
        assert "there is no preset cathedral" in refused["error"]
        ticking.cancel()
