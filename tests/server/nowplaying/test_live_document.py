"""A DJ in the documents: AzuraCast's live fields, a song without an end, and a push whenever another one is heard."""

from dataclasses import replace
from typing import Any

import pytest

from dsp.block import frames_of
from server.live.session import Seat, State
from server.track import Airing, Entry, Reason, Source
from server.wire.wire import LiveStanding
from tests.server.fake_station import EPOCH, airing, track
from tests.server.live.dj import session
from tests.server.nowplaying.front import Front, front
from tests.server.nowplaying.test_push_routes import event, sse

BEGAN = frames_of(100.0)


def live(started_position: int = BEGAN, ends_position: int | None = None) -> Airing:
    told = {"session": "a" * 16, "dj": "DJ A", "way": "whip"}
    song = replace(track("Set", "Somebody", 0.0), id="live-a", source=Source.LIVE, provenance=told)
    return Airing(Entry("l", song, Reason.LIVE), started_position, ends_position or started_position)


def seats(*states: State, level_dbfs: float = -12.0) -> LiveStanding:
    names = "abcdefgh"
    return LiveStanding(BEGAN, [Seat(session(names[n]), state, BEGAN, level_dbfs) for n, state in enumerate(states)])


async def told(it: Front) -> Any:
    return await it.json("/api/nowplaying/main")


async def test_who_is_live_is_told_with_a_song_of_unknown_end() -> None:
    async with front() as it:
        it.main.air(airing("Old", 0))
        it.main.air(live(), Entry("n", track("Next"), Reason.LIBRARY))
        it.main.seat(seats(State.ON_AIR, State.WAITING))
        it.main.now = frames_of(130.9)
        np = await told(it)
        assert np["live"] == {"is_live": True, "streamer_name": "DJ A", "broadcast_start": int(EPOCH) + 100, "art": None}
        now = np["now_playing"]
        assert (now["song"]["text"], now["playlist"], now["streamer"]) == ("Somebody - Set", "live", "DJ A")
        assert (now["duration"], now["elapsed"], now["remaining"]) == (0, 30, 0)
        assert now["ends_position"] == now["started_position"]
        assert np["playing_next"] is None


async def test_a_live_song_that_has_ended_has_a_length_and_its_dj() -> None:
    async with front() as it:
        it.main.air(live(ends_position=BEGAN + frames_of(60.0)))
        it.main.air(airing("After", BEGAN + frames_of(60.0)))
        it.main.seat(seats())
        np = await told(it)
        assert np["live"]["is_live"] is False
        assert [(song["duration"], song["streamer"]) for song in np["song_history"]] == [(60, "DJ A")]
        assert np["now_playing"]["streamer"] == ""


@pytest.mark.parametrize(("states", "heard"), [((State.WAITING, State.ON_AIR), "DJ B"), ((State.SILENT,), ""), ((), "")])
async def test_only_who_is_heard_counts(states: tuple[State, ...], heard: str) -> None:
    async with front() as it:
        it.main.air(airing("Music", 0))
        it.main.seat(seats(*states))
        assert (await told(it))["live"]["streamer_name"] == heard


async def test_everyone_is_told_when_somebody_talks_over_the_music_and_not_of_his_meter() -> None:
    async with front() as it, sse(it, "?cf_connect=%7B%22subs%22%3A%7B%22station%3Amain%22%3A%7B%7D%7D%7D") as (client, _):
        it.main.air(airing("Music", 0))
        assert (await event(client))["pub"]["data"]["np"]["live"]["is_live"] is False
        it.main.seat(seats(State.ON_AIR))
        assert (await event(client))["pub"]["data"]["np"]["live"]["streamer_name"] == "DJ A"
        it.main.seat(seats(State.ON_AIR, level_dbfs=-3.0))
        it.main.seat(seats(State.WAITING))
        assert (await event(client))["pub"]["data"]["np"]["live"]["is_live"] is False
