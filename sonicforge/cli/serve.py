"""`sonicforge serve`: everything that can be refused is refused here, in one line, before a process is started."""

import asyncio
import time
from contextlib import AsyncExitStack, ExitStack
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from control.identity.secrets import UnfitSecret
from server.door.tls import UnfitCertificate, trust_in
from sonicforge.config import InvalidConfiguration, Settings, load
from sonicforge.folders import Folders
from sonicforge.lifeline import lifeline
from sonicforge.logs import open_logs
from sonicforge.premises import hold, listen, listen_for_sources, make_folders
from sonicforge.supervisor import Crew, Supervisor
from sonicforge.wiring.house import base_url, door_tls, house_secrets
from sonicforge.wiring.kept_tasks import kept_tasks
from sonicforge.wiring.studio_choice import may_be_refused

HEAD_START_SECONDS: Final = 0.3

logger = structlog.get_logger()


def run(config: Path | None, role: str) -> None:
    """Runs until Ctrl-C or SIGTERM; raises InvalidConfiguration where the operator must mend something."""
    settings = load(config)
    open_logs(settings.log, "supervisor")
    folders = make_folders(settings)
    with ExitStack() as held:
        held.enter_context(hold(folders.lock))
        listening = held.enter_context(listen(settings)) if role in ("all", "front") else None
        sources = listen_for_sources(settings) if listening else None
        if sources:
            held.enter_context(sources)
        if role in ("all", "front"):
            check_house(settings, folders)
        if role in ("all", "worker"):
            check_music(settings)
        crew = Crew(
            stations=tuple(settings.stations) if role in ("all", "engine") else (),
            fronts=settings.server.fronts if role in ("all", "front") else 0,
            worker=role in ("all", "worker"),
            spare=role in ("all", "engine"),
            configuration=config.resolve() if config else None,
            listening_descriptor=listening.fileno() if listening else None,
            source_descriptor=sources.fileno() if sources else None,
            has_targets=lambda station: folders.targets(station).is_file(),
        )
        asyncio.run(_run(crew, settings, folders))
    print("SonicForge has signed off.")


def check_music(settings: Settings) -> None:
    """Whether the stations may air what their studio would make. Raises InvalidConfiguration."""
    if may_be_refused(settings):
        from sonicforge.wiring.studio import check_studio

        check_studio(settings)


def check_house(settings: Settings, folders: Folders) -> None:
    """Makes the house's secrets if there are none, and looks whether they and the certificate can be used. Raises InvalidConfiguration."""
    try:
        asyncio.run(house_secrets(settings, folders))
        door_tls(settings)
    except (UnfitSecret, UnfitCertificate, OSError) as error:
        raise InvalidConfiguration(str(error)) from None
    if settings.server.fronts > 1 and not settings.redis.shared:
        logger.warning("several fronts without redis.url: limits, tickets and log-outs hold in each front by itself")


async def _run(crew: Crew, settings: Settings, folders: Folders) -> None:
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        ended = await stack.enter_async_context(lifeline(supervised=False))
        if crew.fronts or crew.worker:
            await stack.enter_async_context(kept_tasks({"database": partial(_keep_database, settings, folders)}))
        if crew.listening_descriptor is not None:
            await stack.enter_async_context(kept_tasks({"announcing": partial(_announce, settings, folders, began)}))
        await Supervisor(crew).run(ended)


async def _keep_database(settings: Settings, folders: Folders) -> None:
    """The engines start first: nothing of the office may cost the first sound a moment, its imports neither."""
    await asyncio.sleep(HEAD_START_SECONDS)
    from sonicforge.wiring.postgres import keep_database

    await keep_database(settings, folders)


async def _announce(settings: Settings, folders: Folders, began: float) -> None:
    """Says where to listen, as soon as somebody could, and how the first account is made, as long as there is none."""
    base = base_url(settings)
    print(f"SonicForge is going on air at {base}/ ...", flush=True)
    while not await is_ready(settings):  # noqa: ASYNC110 -- it is another process that becomes ready
        await asyncio.sleep(0.1)
    lines = [f"\nOn air after {time.monotonic() - began:.1f} s.\n", f"  Player    {base}/"]
    for name in settings.stations:
        lines += [
            f"  {name}",
            f"    HLS     {base}/hls/{name}/live.m3u8",
            f"    MP3     {base}/listen/{name}/radio.mp3   (also .aac, .opus, and {name}.m3u, {name}.pls beside them)",
            f"    Now     {base}/api/nowplaying/{name}",
        ]
    lines += [
        f"  DJ desk   {base}/dj/{next(iter(settings.stations))}",
        f"  Studio    {base}/studio/{next(iter(settings.stations))}   (book a take; what listeners like)",
        f"  Ways out  {base}/outs/{next(iter(settings.stations))}   (YouTube, Twitch, Kick; listeners; recordings)",
        f"  API       {base}/docs",
        f"  Health    {base}/health/detailed",
        f"  Your own music goes into {settings.media.folder.resolve()}",
        "\nCtrl-C ends everything.\n",
    ]
    print("\n".join(lines), flush=True)
    from sonicforge.wiring.first_account import first_link  # it knows the whole office

    if link := await first_link(settings, folders):
        print(f"Make the first account, which may do everything. This link works once, until the next start:\n\n  {link}\n", flush=True)


async def is_ready(settings: Settings) -> bool:
    """Whether /ready answers 200."""
    server = settings.server
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(server.host, server.host)
    try:
        tls, name = trust_in(server.tls_certificate) if server.tls_certificate else (None, None)
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection(host, server.port, ssl=tls, server_hostname=name)
            writer.write(b"GET /ready HTTP/1.0\r\n\r\n")
            status = await reader.readline()
            writer.close()
            return b" 200 " in status
    except (OSError, TimeoutError, ValueError):
        return False
