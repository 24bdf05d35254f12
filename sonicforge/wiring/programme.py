"""A station's programme, put together: the same parts for an engine on air and for a simulation on a virtual clock."""

from dataclasses import dataclass, field
from functools import partial
from typing import Final

from dsp.block import Samples
from dsp.spectrum import SpectrumAnalyser
from server.catalogue.catalogue import Catalogue
from server.clock import Clock
from server.console.console import PROGRAMME_LUFS
from server.live.floor import Floor
from server.programme.deck import Loop
from server.programme.desk import Desk
from server.programme.faults import Faults
from server.programme.orders import Orders
from server.programme.playout import Playout
from server.programme.programme import Programme
from server.programme.queue import Queue
from server.programme.talk_over import TalkOver
from server.rundown.cueing import Cueing, Store, resumed_deck
from server.rundown.history import History
from server.rundown.rundown import Rundown
from server.rundown.segues import SeguePlanner, Segues
from server.rundown.separation import Separation
from server.sitting.keeper import Keeper
from server.sitting.sitting import SittingPlan, entry_ids
from server.sitting.state_file import StateFile
from server.track import Entry, Reason, Source, Track
from sonicforge.sections import Live, StationSettings
from sonicforge.wiring.sound import Sound, sound_of

SPECTRUM_FRAMES_PER_SECOND: Final = 30


@dataclass(frozen=True, slots=True)
class Ground:
    """What a programme stands on: made outside, since an engine reads it from disk and a simulation makes it up."""

    name: str
    settings: StationSettings
    catalogue: Catalogue
    history: History
    store: Store
    state_file: StateFile
    clock: Clock
    bed: Samples
    emergency: Samples
    live: Live = field(default_factory=Live)
    segues: SeguePlanner = field(default_factory=Segues)


@dataclass(frozen=True, slots=True)
class Parts:
    """A programme and those who work for it."""

    programme: Programme
    cueing: Cueing
    keeper: Keeper
    desk: Desk
    floor: Floor
    faults: Faults
    separation: Separation
    sound: Sound


def separation_of(settings: StationSettings) -> Separation:
    """The rests of a station."""
    return Separation(settings.artist_separation_minutes * 60, settings.title_separation_minutes * 60)


def loop_of(name: str, samples: Samples, source: Source) -> Loop:
    """The bed or the emergency loop as something that can air."""
    frames = samples.shape[1]
    track = Track(
        id=f"{source.value}-{name}",
        title={Source.BED: "In between", Source.LOOP: "We are right back"}[source],
        artist="SonicForge",
        source=source,
        path="",
        frames=frames,
        loudness_lufs=-18.0,
        true_peak_dbtp=-3.0,
        cue_in_frames=0,
        start_next_frames=frames,
        cue_out_frames=frames,
        station=name,
    )
    return Loop(Entry(f"{source.value}-{name}", track, Reason(source.value)), samples)


def _refresh(catalogue: Catalogue, sound: Sound) -> None:
    catalogue.refresh()
    sound.presets.refresh()


async def assemble(ground: Ground, plan: SittingPlan) -> Parts:
    """The programme as `plan` has it go on."""
    settings, catalogue, history, live = ground.settings, ground.catalogue, ground.history, ground.live
    ids = entry_ids(plan.position)
    floor = Floor(live.max_sources, live.buffer_seconds, live.silence_seconds, ids, expecting=plan.live)
    faults, desk, separation = Faults(), Desk(), separation_of(settings)
    sound = sound_of(settings, plan.mastering, ground.clock.monotonic)
    first = await resumed_deck(ground.store, plan.resume, PROGRAMME_LUFS) if plan.resume else None
    playout = Playout(loop_of(ground.name, ground.bed, Source.BED), first)
    playout.stopped = plan.stopped
    rundown = Rundown(catalogue, separation, ground.name, settings.studio_seed, plan.round_position)
    programme = Programme(
        position=plan.position,
        sitting=plan.sitting,
        playout=playout,
        orders=Orders(playout, catalogue.airable, ids, Queue(plan.queue), plan.vetoes, sound.console),
        desk=desk,
        floor=floor,
        talk_over=TalkOver(live.duck_db),
        mastering=sound.mastering,
        spectrum=SpectrumAnalyser(SPECTRUM_FRAMES_PER_SECOND),
        emergency=loop_of(ground.name, ground.emergency, Source.LOOP),
        faults=faults,
        preset=lambda: sound.console.setting.preset,
    )
    cueing = Cueing(
        booth=programme,
        desk=desk,
        rundown=rundown,
        history=history,
        store=ground.store,
        entry_ids=ids,
        target_lufs=PROGRAMME_LUFS,
        refused=catalogue.is_refused,
        refuse=lambda track, reason: catalogue.refuse(track.path, reason),
        segues=ground.segues,
        first=first,
    )
    if plan.suspect:
        cueing.suspect(plan.suspect)
    keeper = Keeper(
        plan=plan,
        programme=programme,
        rundown=rundown,
        history=history,
        state_file=ground.state_file,
        faults=faults,
        clock=ground.clock,
        refresh=partial(_refresh, catalogue, sound),
        mastering=sound.console.kept,
    )
    return Parts(programme, cueing, keeper, desk, floor, faults, separation, sound)
