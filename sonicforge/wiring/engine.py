"""An engine, put together and run: one station's clock, programme, encoders and wire, until its end has come."""

import asyncio
import gc
import sys
from contextlib import AsyncExitStack, suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
import structlog

from dsp.block import Samples
from generation.procedural.bed import bed
from server.catalogue.catalogue import Catalogue
from server.clock import SystemClock
from server.console.announcer import MasteringAnnouncer
from server.control_socket import ControlSocket, Steered
from server.encoding.emergency_loop import kept as kept_loops
from server.encoding.emergency_loop import load as load_emergency_loop
from server.encoding.emergency_loop import make_samples
from server.encoding.encoding_thread import EncodingThread
from server.encoding.preview import PreviewEncoder
from server.insert.rack_keeper import NoInsert
from server.intake.intake import Intake
from server.programme.conductor import Conductor
from server.rundown.history import History
from server.rundown.prepared_folder import PreparedFolder
from server.rundown.segues import Segues, in_thread
from server.rundown.stretching import stretched_by_child
from server.sitting.sitting import SittingPlan, plan_start
from server.sitting.state_file import StateFile
from server.track import Source
from server.wire.announcer import Announcer
from server.wire.live_announcer import LiveAnnouncer
from server.wire.wire import PROTOCOL, Hello, Packets, Preview
from server.wire.wire_engine import WireEngine
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.wiring.media import media_policy
from sonicforge.wiring.programme import Ground, Parts, assemble

HISTORY_TOLD: Final = 20
SWITCH_SECONDS: Final = 0.0005
"""How long a thread may hold the interpreter when the tick wants it."""
HEAD_START_SECONDS: Final = 1.0

logger = structlog.get_logger()


def kept_bed(folder: Path) -> Samples:
    """The bed, made once and kept: a restarted engine must not compose."""
    kept = folder / "bed.npy"
    try:
        samples: Samples = np.load(kept, allow_pickle=False)
        if samples.ndim == 2 and samples.dtype == np.float32:
            return samples
    except (OSError, ValueError, EOFError):
        pass
    samples = bed()
    beside = kept.with_suffix(".new.npy")
    np.save(beside, samples)
    beside.replace(kept)
    return samples


async def run(name: str, settings: Settings, folders: Folders, ended: asyncio.Event) -> None:
    """On air until `ended`."""
    sys.setswitchinterval(SWITCH_SECONDS)
    ground = _ground(name, settings, folders)
    plan = plan_start(ground.state_file.load(), ground.clock.wall())
    parts = await assemble(ground, plan)
    if plan.resume is None:
        await _cue_first(parts)
    async with AsyncExitStack() as stack:
        outlet = Outlet()
        preview = PreviewEncoder(outlet.publish, parts.sound.mastering.latency_frames)
        encoders = EncodingThread(outlet.publish, preview=preview)
        hello = _hello(ground, plan, encoders)
        wire = await stack.enter_async_context(WireEngine(folders.wire(name), hello, parts.desk.ask, parts.floor, preview.want))
        outlet.wire = wire
        loops = await asyncio.to_thread(kept_loops, folders.loop, ground.emergency)
        wire.publish(*loops or ())  # before the first packet: a front fills what HLS needs before it with the loop
        stack.enter_context(encoders)
        announcer = Announcer(wire.publish, partial(ground.history.recent, HISTORY_TOLD))
        live = LiveAnnouncer(wire.publish, parts.floor)
        mastering = MasteringAnnouncer(wire.publish, parts.sound.console, parts.sound.insert or NoInsert())
        conductor = Conductor(parts.programme, [encoders, announcer, live, mastering], ground.clock, parts.faults, plan.due_at)
        if parts.sound.rack is not None:
            stack.callback(parts.sound.rack.close)
        conductor.start()
        stack.callback(conductor.stop)
        logger.info("on air", station=name, start=plan.kind.value, position=plan.position, sitting=plan.sitting)
        await stack.enter_async_context(ControlSocket(folders.control(name), _steered(parts, ground.catalogue)))
        gc.collect()
        gc.freeze()  # what lives now lives to the end: a collection must not walk it while the tick waits
        await _work(parts, wire, None if loops else folders.loop, ended)
    await asyncio.to_thread(partial(parts.keeper.keep, clean=True))
    logger.info("off air", station=name)


class Outlet:
    """Where the encoders deliver: to the wire, which is made of what they say of themselves."""

    def __init__(self) -> None:
        self.wire: WireEngine | None = None

    def publish(self, packets: Packets | Preview) -> None:
        """Called on the encoders' thread, which starts when the wire is there."""
        assert self.wire is not None
        self.wire.publish(packets)


def _ground(name: str, settings: Settings, folders: Folders) -> Ground:
    media = settings.media.folder.expanduser().resolve()
    intake = Intake([media, folders.studio, folders.uploads], media_policy(settings))
    return Ground(
        name=name,
        settings=settings.stations[name],
        catalogue=Catalogue(folders.catalogue, for_airing=True),
        history=History(folders.station(name) / "history.jsonl"),
        store=PreparedFolder(folders.prepared, intake, settings.state.prepared_megabytes * 1_000_000),
        state_file=StateFile(folders.station(name) / "state.json"),
        clock=SystemClock(),
        bed=kept_bed(folders.loop),
        emergency=make_samples(),
        live=settings.live,
        segues=Segues(in_thread, stretched_by_child),
    )


def _hello(ground: Ground, plan: SittingPlan, encoders: EncodingThread) -> Hello:
    return Hello(
        protocol=PROTOCOL,
        station=ground.name,
        title=ground.settings.title,
        description=ground.settings.description,
        genre=ground.settings.genre,
        epoch=plan.epoch.seconds,
        sitting=plan.sitting,
        started_at=ground.clock.wall(),
        renditions=list(encoders.renditions),
    )


async def _cue_first(parts: Parts) -> None:
    """Gives the first track a moment to be ready, so that a station that has one does not begin with its bed."""
    with suppress(TimeoutError):
        async with asyncio.timeout(HEAD_START_SECONDS):
            await parts.cueing.step()


def _steered(parts: Parts, catalogue: Catalogue) -> Steered:
    """What the control socket may see and do."""
    programme = parts.programme
    return Steered(
        ask=parts.desk.ask,
        latest=lambda: programme.latest,
        situation=lambda: programme.situation,
        mastered=parts.sound.told,
        tracks=lambda: chain.from_iterable(catalogue.tracks(source).values() for source in (Source.LIBRARY, Source.STUDIO)),
    )


async def _work(parts: Parts, wire: WireEngine, loop_folder: Path | None, ended: asyncio.Event) -> None:
    """All that goes on beside the tick. `loop_folder`: where the emergency loop is to be kept, if it has yet to be made."""
    tasks = [
        asyncio.create_task(parts.cueing.run(), name="cueing"),
        asyncio.create_task(parts.keeper.run(), name="keeper"),
        *([asyncio.create_task(parts.sound.insert.run(), name="insert")] if parts.sound.insert else []),
        *([asyncio.create_task(_make_loops(wire, loop_folder), name="emergency loop")] if loop_folder else []),
        asyncio.create_task(ended.wait(), name="ended"),
    ]
    try:
        while not tasks[-1].done():
            done, _ = await asyncio.wait([task for task in tasks if not task.done()], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if error := task.exception():
                    logger.error("an engine's worker ended", task=task.get_name(), exc_info=error)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _make_loops(wire: WireEngine, folder: Path) -> None:
    """Encodes the emergency loop, the first time, and gives it to the fronts."""
    loop = await asyncio.to_thread(load_emergency_loop, folder)
    wire.publish(*loop.renditions)
