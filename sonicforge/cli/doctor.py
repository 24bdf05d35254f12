"""`sonicforge doctor`: what a station needs of this machine, what is there, and what to do about the rest."""

import os
import platform
import resource
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from server.console.preset_folder import DEFAULT_BASE, PresetFolder
from server.ears import chromaprint
from sonicforge.config import InvalidConfiguration, Settings, load
from sonicforge.folders import Folders

PARTS = ("aiohttp", "av", "numba", "numpy", "scipy", "msgspec", "pyacoustid")
LEAST_FREE_BYTES = 4 * 1024**3
LEAST_FILES = 4_096


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `advice` is empty where all is well."""

    subject: str
    seen: str
    advice: str = ""
    grave: bool = False
    """The station cannot run like this."""


def run(config: Path | None) -> int:
    """Prints the findings; 1 if a grave one is among them."""
    findings = list(examine(config))
    for finding in findings:
        mark = "ok  " if not finding.advice else "FAIL" if finding.grave else "note"
        print(f"{mark}  {finding.subject:<12} {finding.seen}")
        if finding.advice:
            print(f"      {'':<12} {finding.advice}")
    return 1 if any(finding.grave for finding in findings) else 0


def examine(config: Path | None) -> Iterator[Finding]:
    """Everything that is worth a look, in the order in which a station needs it."""
    yield Finding("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    yield from _parts()
    try:
        settings = load(config)
    except InvalidConfiguration as error:
        yield Finding("config", str(error), "mend it; config.toml in the repository shows every setting", grave=True)
        return
    yield Finding("config", f"{len(settings.stations)} station(s): {', '.join(settings.stations)}")
    yield from _folders(settings)
    yield _database(settings)
    yield _port(settings)
    yield _files()
    yield _sandbox()
    yield _fingerprints()
    yield from _sound(settings)
    yield _studio(settings)
    yield from _models(settings)
    yield _front_end()


def _parts() -> Iterator[Finding]:
    for name in PARTS:
        try:
            yield Finding(name, version(name))
        except PackageNotFoundError:
            yield Finding(name, "missing", "run `make run`, which installs the locked dependencies", grave=True)


def _folders(settings: Settings) -> Iterator[Finding]:
    for key, folder in (("state.folder", settings.state.folder), ("media.folder", settings.media.folder)):
        place = folder.expanduser().resolve()
        there = next(parent for parent in (place, *place.parents) if parent.exists())
        if key == "state.folder" and not os.access(there, os.W_OK):
            yield Finding(key, str(place), f"this user may not write in {there}", grave=True)
            continue
        free = shutil.disk_usage(there).free
        advice = (
            ""
            if free >= LEAST_FREE_BYTES or key == "media.folder"
            else "takes and decoded tracks want 4 GB: make room, or lower studio.keep"
        )
        yield Finding(key, f"{place}, {free / 1024**3:.1f} GB free", advice)


def _database(settings: Settings) -> Finding:
    if settings.database.url.get_secret_value():
        return Finding("database", "an operator's own (database.url); `sonicforge db status` looks at it")
    from control.database.embedded.binaries import find_binaries
    from control.database.embedded.errors import EmbeddedTrouble
    from control.database.embedded.home import choose_home

    try:
        programs = find_binaries()
        home = choose_home(Folders(settings.state.folder.expanduser().resolve()).postgres, settings.database.run_as)
    except EmbeddedTrouble as error:
        return Finding("database", str(error) or type(error).__name__, "the air goes on without; accounts, votes and uploads do not")
    return Finding("database", f"our own PostgreSQL, run as {home.user.name}, programs in {programs}")


def _port(settings: Settings) -> Finding:
    where = f"{settings.server.host}:{settings.server.port}"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.server.host, settings.server.port))
        except OSError as error:
            return Finding("address", f"{where}: {error.strerror}", "a station may be running already; else choose another server.port")
    return Finding("address", f"{where} is free")


def _files() -> Finding:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    advice = "" if hard >= LEAST_FILES else f"each listener is an open file: raise the limit (ulimit -n {LEAST_FILES})"
    return Finding("open files", f"{soft}, at most {hard}", advice)


def _sandbox() -> Finding:
    known = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")
    advice = "" if known else "without seccomp the intake of media is held by resource limits alone: take only files that you trust"
    return Finding("sandbox", "seccomp" if known else "resource limits alone", advice)


def _fingerprints() -> Finding:
    there = chromaprint.available()
    seen = "by libchromaprint" if there else "none: copies are found only if they are identical or sound very much alike"
    return Finding("fingerprints", seen, "" if there else chromaprint.ADVICE)


def _sound(settings: Settings) -> Iterator[Finding]:
    for name, station in settings.stations.items():
        wanted, folder = station.mastering.preset, station.mastering.folder.expanduser().resolve()
        presets = PresetFolder(folder).presets
        advice = "" if wanted in presets else f"{DEFAULT_BASE} airs instead; there are {', '.join(presets)}, and yours in {folder}"
        yield Finding(f"{name} sound", f"preset {wanted}", advice)
        if plug_ins := len(station.mastering.plugins):
            there = find_spec("pedalboard") is not None
            advice = "" if there else "pip install 'sonicforge[plugins]': until then the sound goes past them"
            yield Finding(f"{name} sound", f"{plug_ins} plug-in(s), {'by pedalboard' if there else 'pedalboard is missing'}", advice)


def _studio(settings: Settings) -> Finding:
    if not settings.studio.enabled:
        return Finding("studio", "switched off: nothing but your own files airs")
    from sonicforge.wiring.studio import check_studio
    from sonicforge.wiring.studio_choice import choose, this_machine

    choice = choose(settings, this_machine())
    seen = choice.why + (f" Should it fail: {', '.join(choice.names[1:])}." if choice.names[1:] else "")
    try:
        check_studio(settings)
    except InvalidConfiguration as error:
        return Finding("studio", seen, str(error), grave=True)
    needed = {"acestep": ("torch", "diffusers", "transformers"), "musicgen": ("torch", "transformers")}
    missing = {name: [part for part in needed.get(name, ()) if find_spec(part) is None] for name in choice.names}
    lacking = "; ".join(f"{name} needs {', '.join(parts)}: pip install 'sonicforge[{name}]'" for name, parts in missing.items() if parts)
    return Finding("studio", seen, lacking and f"{lacking}; until then the next one makes the takes")


def _models(settings: Settings) -> Iterator[Finding]:
    from sonicforge.wiring.models import answers, price_of, providers_of

    usable, unusable = providers_of(settings)
    for provider in usable:
        silent = provider.own_network and not answers(provider)
        advice = f"nobody answers at {provider.url}: start it; until then the next one is asked, or rules have the ideas" if silent else ""
        yield Finding("composer", f"{provider.name}: {provider.model}, {price_of(provider)}", advice)
    for one in unusable:
        yield Finding("composer", f"{one.name} is not usable", one.why)
    if not usable:
        yield Finding("composer", "by rules")


def _front_end() -> Finding:
    built = (Path(__file__).resolve().parents[2] / "web" / "static").is_dir()
    return Finding("player", "built" if built else "not built", "" if built else "run `make run`, which builds it; streams work without")
