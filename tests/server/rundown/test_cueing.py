"""Cueing: the next entries ready in time, failures left out and remembered, nothing cued twice or too late."""

import asyncio
from pathlib import Path

import pytest

from dsp.block import Samples, frames_of
from server.commands import Cue, Done, Remove, Veto
from server.rundown.cueing import resumed_deck
from server.rundown.prepared_folder import UnfitError, UnpreparedError
from server.rundown.separation import Separation, violations
from server.sitting.sitting import Resume
from server.track import Entry, Reason, Source, Track
from tests.server.virtual_station import ToneStore, Tracks, VirtualStation, catalogue, track


def test_two_entries_are_kept_ahead(tmp_path: Path) -> None:
    stocked: list[str] = []

    class Stocking(ToneStore):
        async def stock(self, track: Track) -> None:
            stocked.append(track.id)

    station = VirtualStation(tmp_path, catalogue(10, seconds=30.0), store=Stocking())
    station.run(3.0)
    first, second = station.programme.planned
    assert station.programme.situation.cued == first
    assert station.store.fetched[-1] == first.track.id
    assert stocked[-1] == second.track.id


def test_a_deck_is_loaded_once(tmp_path: Path) -> None:
    station = VirtualStation(tmp_path, catalogue(10, seconds=30.0))
    station.run(25.0)
    assert len(station.store.fetched) == 2


def test_nothing_is_loaded_while_a_deck_fades_out(tmp_path: Path) -> None:
    tracks = Tracks({name: track(name, 20.0, 8.0) for name in "abcd"})
    station = VirtualStation(tmp_path, tracks)
    station.run(1.0)
    station.run_until(lambda: not station.programme.situation.deck_free)
    fetched = len(station.store.fetched)
    station.run(6.0)
    assert len(station.store.fetched) == fetched
    station.run_until(lambda: station.programme.situation.deck_free)
    station.run(0.5)
    assert len(station.store.fetched) == fetched + 1


def test_a_track_that_fails_twice_is_refused_and_the_others_air(tmp_path: Path) -> None:
    station = VirtualStation(tmp_path, catalogue(5), store=ToneStore(lambda one: one.id in {"0001", "0003"}))
    station.run(300.0)
    assert station.tracks.refused == {"0001": "it is broken", "0003": "it is broken"}
    assert station.cueing.failures_total == 4
    heard = {airing.entry.track.id for airing in station.history.recent(100)}
    assert heard == {"0000", "0002", "0004"}
    assert station.programme.latest.standing.fallbacks_total["bed"] == 0  # type: ignore[union-attr]


def test_what_this_machine_is_to_blame_for_refuses_no_track(tmp_path: Path) -> None:
    class FullDisk(ToneStore):
        full = True

        async def fetch(self, track: Track) -> Samples:
            if self.full:
                raise UnpreparedError("no space left on device")
            return await super().fetch(track)

    store = FullDisk()
    station = VirtualStation(tmp_path, catalogue(3), store=store)
    station.run(120.0)
    assert station.airing.entry.reason is Reason.BED
    assert station.tracks.refused == {}
    attempts = station.cueing.failures_total
    assert attempts < 20, "it must not hammer on a full disk"
    store.full = False
    station.run_until(lambda: station.airing.entry.reason is Reason.LIBRARY, seconds=600.0)


def test_a_queued_track_that_fails_leaves_the_queue(tmp_path: Path) -> None:
    station = VirtualStation(tmp_path, catalogue(5, seconds=30.0), store=ToneStore(lambda one: one.id == "0001"))
    station.run(2.0)
    answer = station.ask(Cue("1", "0001"))
    assert isinstance(answer, Done)
    station.run(1.0)
    assert station.programme.situation.queue.entries == ()
    assert station.programme.situation.cued is not None


def test_a_library_in_which_everything_fails_brings_the_bed_and_does_not_spin(tmp_path: Path) -> None:
    station = VirtualStation(tmp_path, catalogue(10), store=ToneStore(lambda _: True))
    station.run(200.0)
    assert station.airing.entry.reason is Reason.BED
    assert len(station.tracks.refused) == 10
    assert station.cueing.failures_total == 20


def test_a_queue_entry_by_the_same_artist_makes_the_pick_anew(tmp_path: Path) -> None:
    rules = Separation(artist_seconds=120.0, title_seconds=120.0)
    station = VirtualStation(tmp_path, catalogue(20, seconds=30.0, artists=10), separation=rules)
    station.run(3.0)
    picked = station.programme.planned[0]
    same_artist = next(one for one in station.tracks.library.values() if one.artist == picked.track.artist and one.id != picked.track.id)
    station.ask(Cue("1", same_artist.id))
    station.run(200.0)
    assert violations(rules, station.history.recent(20)[::-1]) == []


def test_the_plan_stays_as_it_is_while_nothing_changes(tmp_path: Path) -> None:
    station = VirtualStation(tmp_path, catalogue(20, seconds=30.0))
    station.run(3.0)
    planned = station.programme.planned
    station.run(20.0)
    assert station.programme.planned == planned


def test_a_track_that_is_vetoed_while_it_is_prepared_does_not_air(tmp_path: Path) -> None:
    class Vetoing(ToneStore):
        station: VirtualStation

        async def fetch(self, track: Track) -> Samples:
            if track.id == "0001" and self.station.programme.position > frames_of(3.0):
                self.station.desk.bring(Veto("v", "0001"), lambda _: None)
                self.station.conductor.step()
            return await super().fetch(track)

    store = Vetoing()
    station = store.station = VirtualStation(tmp_path, catalogue(3, seconds=30.0), store=store)
    station.run(3.1)
    station.ask(Cue("1", "0001"))
    station.run(120.0)
    assert "0001" in station.programme.situation.vetoes
    heard = [m.airing.entry.track.id for m in station.ear.moments if m.airing.started_position > frames_of(3.0)]
    assert "0001" not in heard


def test_an_entry_that_is_removed_while_it_is_handed_over_comes_back(tmp_path: Path) -> None:
    station = VirtualStation(tmp_path, catalogue(3, seconds=30.0))
    station.run(3.0)
    answer = station.ask(Cue("1", "0001"))
    assert isinstance(answer, Done)
    station.cueing.step_at_once()
    station.ask(Remove("2", answer.entry_id or ""))
    station.run(1.0)
    cued = station.programme.situation.cued
    assert cued is not None
    assert cued.id != answer.entry_id


def test_a_store_that_waits_cannot_be_driven_at_once(tmp_path: Path) -> None:
    class Waiting(ToneStore):
        async def fetch(self, track: Track) -> Samples:
            await asyncio.sleep(0)
            return await super().fetch(track)

    station = VirtualStation(tmp_path, catalogue(3), store=Waiting())
    with pytest.raises(RuntimeError, match="waits"):
        station.cueing.step_at_once()


async def test_running_survives_its_own_failures(tmp_path: Path) -> None:
    calls = 0

    class Buggy(ToneStore):
        async def fetch(self, track: Track) -> Samples:
            nonlocal calls
            calls += 1
            if calls == 1:
                raise ZeroDivisionError("a bug")
            return await super().fetch(track)

    station = VirtualStation(tmp_path, catalogue(3), store=Buggy())
    running = asyncio.ensure_future(station.cueing.run())
    try:
        async with asyncio.timeout(20):
            while station.programme.situation.airing.entry.reason is Reason.BED:
                station.conductor.step()
                await asyncio.sleep(0)
    finally:
        running.cancel()
        await asyncio.wait([running])
    assert calls == 2


async def test_a_resumed_deck_goes_on_where_it_was(tmp_path: Path) -> None:
    one = track("a", 20.0)
    deck = await resumed_deck(ToneStore(), Resume(Entry("e", one, Reason.LIBRARY), frames_of(12.0)), -16.0)
    assert deck is not None
    station = VirtualStation(tmp_path, catalogue(5), first=deck)
    station.run(1.0)
    assert station.airing.entry.id == "e"
    assert station.airing.offset_frames == frames_of(12.0)
    assert station.airing.ends_position == frames_of(8.0)
    station.run(10.0)
    assert [airing.entry.id for airing in station.history.recent(5)] == ["e"]


@pytest.mark.parametrize("offset_seconds", [0.0, 19.9])
async def test_what_cannot_be_resumed_is_no_deck(offset_seconds: float) -> None:
    store = ToneStore(lambda _: offset_seconds == 0.0)
    resume = Resume(Entry("e", track("a", 20.0), Reason.LIBRARY), frames_of(offset_seconds))
    assert await resumed_deck(store, resume, -16.0) is None


def test_a_suspect_is_refused_at_once(tmp_path: Path) -> None:
    station = VirtualStation(tmp_path, catalogue(3))
    station.cueing.suspect(Entry("e", station.tracks.library["0001"], Reason.LIBRARY))
    assert list(station.tracks.refused) == ["0001"]


def test_unaired_takes_air_though_their_name_rests(tmp_path: Path) -> None:
    studio = {str(n): track(str(n), source=Source.STUDIO, title="Untitled", artist="", made_at=float(n)) for n in range(5)}
    station = VirtualStation(tmp_path, Tracks(studio=studio), separation=Separation(0.0, 3600.0))
    station.run(60.0)
    assert [airing.entry.track.id for airing in station.history.recent(9)][::-1][:5] == list("01234")


def test_a_fault_of_the_file_is_also_a_failure_to_prepare() -> None:
    assert issubclass(UnfitError, UnpreparedError)


def test_a_repeat_that_was_only_a_makeshift_gives_way_to_a_track_that_comes_in_time(tmp_path: Path) -> None:
    tracks = Tracks(studio={"first": track("first", 60.0, source=Source.STUDIO)})
    station = VirtualStation(tmp_path, tracks, separation=Separation(0.0, 3600.0))
    station.run(5.0)
    assert [entry.track.id for entry in station.programme.planned] == ["first", "first"]
    tracks.studio["second"] = track("second", 60.0, source=Source.STUDIO, made_at=1.0)
    station.run(2.0)
    assert station.programme.planned[0].track.id == "second"
    assert station.programme.situation.cued == station.programme.planned[0]
    station.run(60.0)
    assert station.airing.entry.track.id == "second"
