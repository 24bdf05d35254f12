"""Planned segues on a whole station, on a virtual clock, and all that may happen in the middle of one: skip, veto, DJ, stop, restart."""

from pathlib import Path

import numpy as np
import pytest

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, Samples, frames_of
from dsp.clicks import clicks_at
from server.commands import Cue, Skip, Start, Stop, Veto
from server.programme.deck import Deck
from server.programme.playout import SKIP_FRAMES
from server.programme.programme import Programme
from server.rundown.segues import Segues
from server.rundown.stretching import StretchError
from server.segue_plan import SegueKind
from server.sitting.keeper import Keeper
from server.sitting.sitting import Resume, plan_start
from server.sitting.state_file import StateFile
from server.track import Airing, Reason, Track
from tests.hearings import a_hearing
from tests.server.decks import A_MINOR, a_track, beaten, beaten_deck, chord
from tests.server.live.dj import Dj, session
from tests.server.virtual_station import ToneStore, Tracks, VirtualStation


class Sounds(ToneStore):
    """A store in which every track has a sound of its own."""

    def __init__(self, sounds: dict[str, Samples]) -> None:
        super().__init__()
        self.sounds = sounds

    async def fetch(self, track: Track) -> Samples:
        self.fetched.append(track.id)
        return self.sounds[track.id]


def sounding(names: str, seconds: float = 20.0, overlap_seconds: float = 6.0) -> tuple[Tracks, Sounds]:
    """Tracks that fade into one another over six seconds."""
    sounds = {name: chord(seconds, 220.0 * 2 ** (number / 12), number) for number, name in enumerate(names)}
    library = {name: a_track(name, sound, overlap_seconds, artist=f"Artist {name}") for name, sound in sounds.items()}
    return Tracks(library), Sounds(sounds)


def station(folder: Path, names: str = "abcdef", segues: Segues | None = None, **more: object) -> VirtualStation:
    tracks, store = sounding(names)
    return VirtualStation(folder, tracks, store=store, segues=segues or Segues(), **more)  # type: ignore[arg-type]


def in_the_middle(one: VirtualStation) -> Airing:
    """Airs until a planned segue has run for two seconds; the airing that it brought."""
    one.run_until(lambda: one.airing.segue is not None)
    one.run(2.0)
    assert not one.programme.situation.deck_free
    return one.airing


def is_smooth(one: VirtualStation, *places: int) -> bool:
    """Nothing clicks at these positions, or at the edges of any segue, and nothing falls silent."""
    sound = one.ear.sound()
    first = one.ear.moments[0].position
    edges = {airing.started_position - first for airing in one.ear.airings()[1:]} | {place - first for place in places}
    clicks = [
        edge
        for edge in edges
        if BLOCK_FRAMES < edge < sound.shape[1]
        and clicks_at(sound[:, max(0, edge - SAMPLE_RATE) : edge + SAMPLE_RATE], min(edge, SAMPLE_RATE))
    ]
    loud = np.abs(sound[0, 48_000:]).reshape(-1, 480).max(axis=1)
    return not clicks and bool((loud > 0.001).all())


def test_every_change_is_planned_told_ahead_and_made(tmp_path: Path) -> None:
    one = station(tmp_path)
    one.run_until(lambda: one.airing.entry.reason is Reason.LIBRARY)
    one.run(3.0)
    told = one.programme.latest.segue  # type: ignore[union-attr]
    assert told is not None
    assert (told.kind, told.leaves, told.enters) == (SegueKind.FADE, one.airing.entry.id, one.programme.situation.cued.id)  # type: ignore[union-attr]
    ends = one.airing.ends_position
    one.run_until(lambda: one.airing.segue is not None)
    assert one.airing.segue == told
    assert one.history.recent(1) == [] or one.history.recent(1)[0].ends_position <= ends
    one.run(60.0)
    planned = [airing.segue for airing in one.ear.airings() if airing.entry.reason is Reason.LIBRARY][1:]
    assert len(planned) >= 4
    assert all(planned)
    assert is_smooth(one)
    assert one.programme.latest.standing.fallbacks_total["bed"] == 0  # type: ignore[union-attr]


def test_on_the_beat_it_is_told_what_both_run_on(tmp_path: Path) -> None:
    tracks = [beaten_deck(name, bpm).entry.track for name, bpm in (("a", 128.0), ("b", 129.0))]
    store = Sounds({"a": beaten(64.0, 128.0), "b": beaten(64.0, 129.0)})
    one = VirtualStation(tmp_path, Tracks({track.id: track for track in tracks}), store=store, segues=Segues())
    one.run_until(lambda: one.airing.segue is not None, 120.0)
    assert one.airing.segue is not None
    assert one.airing.segue.kind is SegueKind.BEATMATCHED
    assert one.airing.segue.beat is not None
    assert one.airing.segue.beat.bars == 16
    one.run(40.0)
    assert is_smooth(one)
    assert tracks[0].hearing is not None
    assert tracks[0].hearing.key == A_MINOR != a_hearing().key


@pytest.mark.parametrize("seconds", [0.0, 1.0, 3.0, 5.9])
def test_a_skip_in_the_middle_goes_on_to_the_next_track(tmp_path: Path, seconds: float) -> None:
    one = station(tmp_path)
    one.run_until(lambda: one.airing.segue is not None)
    one.run(seconds)
    skipped = one.airing
    one.ask(Skip("s", skipped.entry.id))
    one.run_until(lambda: one.airing.entry.id != skipped.entry.id, 4.0)
    assert one.airing.entry.reason is Reason.LIBRARY
    one.run(3.0)
    assert is_smooth(one)
    one.run(15.0)
    assert one.airing.segue is not None, "the next one is planned again"


def test_a_skip_before_it_undoes_it_and_the_next_one_is_planned_anew(tmp_path: Path) -> None:
    one = station(tmp_path)
    one.run_until(lambda: one.programme.situation.segue is not None)
    one.ask(Skip("s"))
    one.run(1.0)
    assert one.airing.segue is None
    one.run(SKIP_FRAMES / SAMPLE_RATE)
    one.run_until(lambda: one.programme.situation.segue is not None)
    assert one.programme.situation.segue.leaves == one.airing.entry.id  # type: ignore[union-attr]
    assert is_smooth(one)


def test_a_veto_of_what_comes_in_goes_on_to_another(tmp_path: Path) -> None:
    one = station(tmp_path)
    vetoed = in_the_middle(one)
    one.ask(Veto("v", vetoed.entry.track.id))
    one.run_until(lambda: one.airing.entry.id != vetoed.entry.id, 4.0)
    one.run(3.0)
    assert is_smooth(one)


def test_a_track_that_is_queued_after_the_plan_is_planned_for_instead(tmp_path: Path) -> None:
    one = station(tmp_path)
    one.run_until(lambda: one.programme.situation.segue is not None)
    before = one.programme.situation.segue
    for name in "fedc":  # each displaces the one that was cued
        one.ask(Cue(name, name, 0))
        one.run(1.0)
    plan = one.programme.situation.segue
    assert plan is not None
    assert before is not None
    assert plan.leaves == before.leaves
    assert plan.enters == one.programme.situation.cued.id != before.enters  # type: ignore[union-attr]


@pytest.mark.parametrize("seconds", [-2.0, 0.1, 3.0, 5.8])
def test_a_dj_takes_over_at_any_time_and_the_programme_goes_on_after_him(tmp_path: Path, seconds: float) -> None:
    one = station(tmp_path)
    one.run_until(lambda: one.programme.situation.segue is not None)
    begins = one.airing.ends_position - frames_of(6.0)
    one.run((begins - one.programme.position) / SAMPLE_RATE + seconds)
    dj = Dj(one.floor, session()).come()
    one.conductor._sinks = (one.ear, dj)
    one.run(6.0)
    assert one.airing.entry.reason is Reason.LIVE
    assert one.programme.situation.segue is None, "nobody knows what he will give way to"
    dj.leave()
    one.run(4.0)
    assert one.airing.entry.reason is Reason.LIBRARY
    assert is_smooth(one)


def test_stop_and_start_in_the_middle(tmp_path: Path) -> None:
    one = station(tmp_path)
    in_the_middle(one)
    one.ask(Stop("s"))
    one.run(3.0)
    assert one.airing.entry.reason is Reason.BED
    one.ask(Start("t"))
    one.run(4.0)
    assert one.airing.entry.reason is Reason.LIBRARY
    assert is_smooth(one)


def keeper_of(one: VirtualStation, folder: Path) -> Keeper:
    return Keeper(
        plan=plan_start(None, one.clock.wall()),
        programme=one.programme,
        rundown=one.rundown,
        history=one.history,
        state_file=StateFile(folder / "state.json"),
        faults=one.faults,
        clock=one.clock,
        refresh=lambda: None,
    )


@pytest.mark.parametrize("bpm", [None, 129.0, 131.0], ids=["a fade", "a glide", "stretched"])
def test_an_engine_that_is_started_anew_in_the_middle_goes_on_with_the_coming_track(tmp_path: Path, bpm: float | None) -> None:
    if bpm is None:
        one = station(tmp_path)
    else:
        tracks = [beaten_deck(name, tempo).entry.track for name, tempo in (("a", 128.0), ("b", bpm))]
        store = Sounds({"a": beaten(64.0, 128.0), "b": beaten(64.0, bpm)})
        one = VirtualStation(tmp_path, Tracks({track.id: track for track in tracks}), store=store, segues=Segues())
    one.run_until(lambda: one.airing.segue is not None, 120.0)
    one.run(2.0)
    coming = one.airing
    keeper_of(one, tmp_path).keep()
    state = StateFile(tmp_path / "state.json").load()
    plan = plan_start(state, one.clock.wall() + 1.0)
    assert isinstance(plan.resume, Resume)
    assert plan.resume.entry == coming.entry
    samples = one.store.sounds[coming.entry.track.id]  # type: ignore[attr-defined]
    first = Deck(plan.resume.entry, samples, -16.0, plan.resume.offset_frames)
    again = VirtualStation(tmp_path, one.tracks, store=one.store, segues=Segues(), position=plan.position, first=first)
    again.run(1.0)
    assert again.airing.entry == coming.entry
    assert again.airing.segue is None, "it came by no segue"
    heard = plan.position - coming.started_position
    assert again.airing.offset_frames == pytest.approx(max(0, coming.offset_frames + heard), abs=1)
    again.run_until(lambda: again.programme.situation.segue is not None)
    assert again.programme.situation.segue.leaves == coming.entry.id  # type: ignore[union-attr]
    ends = again.airing.ends_position
    again.run_until(lambda: again.airing.entry.id != coming.entry.id, 120.0)
    assert again.airing.segue is not None
    assert again.airing.started_position < ends
    again.run(8.0)
    assert is_smooth(again)


def test_a_stretcher_that_dies_costs_a_mix_and_nothing_else(tmp_path: Path) -> None:
    def dead(_piece: Samples, _speed: float) -> Samples:
        raise StretchError("stretching failed (CalledProcessError)")

    tracks = [beaten_deck(name, bpm).entry.track for name, bpm in (("a", 128.0), ("b", 131.0))]
    store = Sounds({"a": beaten(64.0, 128.0), "b": beaten(64.0, 131.0)})
    one = VirtualStation(tmp_path, Tracks({track.id: track for track in tracks}), store=store, segues=Segues(stretch=dead))
    one.run_until(lambda: one.airing.segue is not None, 120.0)
    assert one.airing.segue is not None
    assert one.airing.segue.kind is SegueKind.FADE
    assert "stretching failed" in one.airing.segue.why
    one.run(5.0)
    assert is_smooth(one)


class Late(Segues):
    """A planner whose segues are handed over when their time has passed."""

    def __init__(self) -> None:
        super().__init__()
        self.programme: Programme | None = None

    async def prepare(self, leaving: Deck, coming: Deck) -> None:
        assert self.programme is not None
        segue = await super().prepare(leaving, coming)
        assert segue is not None
        self.waiting = segue

    def hand_over(self) -> None:
        assert self.programme is not None
        self.programme.prepare(self.waiting)


def test_what_is_ready_too_late_is_passed_over(tmp_path: Path) -> None:
    planner = Late()
    one = station(tmp_path, segues=planner)
    planner.programme = one.programme
    one.run_until(lambda: one.airing.entry.reason is Reason.LIBRARY)
    one.run(5.0)
    begins = one.airing.ends_position - frames_of(6.0)
    one.run((begins - one.programme.position) / SAMPLE_RATE - 0.1)
    planner.waiting = type(planner.waiting)(
        planner.waiting.plan,
        one.playout.airing.at_frames - 1,
        planner.waiting.tail,
        planner.waiting.head,
        planner.waiting.resume_frames,  # type: ignore[union-attr]
    )
    planner.hand_over()
    one.run(8.0)
    assert one.airing.segue is None
    assert is_smooth(one)
    assert one.faults.counts == {}


def test_no_deck_is_held_longer_than_it_is_needed(tmp_path: Path) -> None:
    one = station(tmp_path)
    for _ in range(40):
        one.run(2.0)
        situation = one.programme.situation
        names = {situation.airing.entry.id, situation.cued.id if situation.cued else ""}
        assert set(one.cueing._decks) <= names
        airing = one.cueing._decks.get(situation.airing.entry.id)
        if airing is not None and airing.at_frames > airing.head_ends_frames + frames_of(0.4):
            assert airing.segue is None, "what brought it on air is let go"
