"""`sonicforge monitor`: a station of this machine on a sound card of this machine."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from dsp.block import CHANNELS, SAMPLE_RATE, seconds_of
from server.clock import SystemClock
from server.icy.titles import spoken
from server.monitor import Monitor, MonitorBuffer
from server.relay.relay import Relay
from server.wire.wire_front import follow
from sonicforge.config import InvalidConfiguration, load
from sonicforge.folders import Folders
from sonicforge.lifeline import lifeline

TELL_EVERY_SECONDS = 1.0


def run(station: str, device: str, buffer_seconds: float, config: Path | None, *, devices: bool) -> None:
    """Plays until Ctrl-C. Raises InvalidConfiguration where there is no such station, card or library."""
    cards = _sound_cards()
    if devices:
        print(cards.query_devices())
        return
    settings = load(config)
    if station not in settings.stations:
        raise InvalidConfiguration(f"there is no station {station!r}; there are {', '.join(settings.stations)}")
    wire = Folders(settings.state.folder.expanduser().resolve()).wire(station)
    if not wire.exists():
        raise InvalidConfiguration(f"station {station!r} is not on air on this machine; start it with: sonicforge serve")
    buffer = MonitorBuffer(buffer_seconds)
    asyncio.run(_play(cards, station, wire, device, buffer))


def _sound_cards() -> Any:
    try:
        import sounddevice as cards
    except OSError:
        raise InvalidConfiguration("the monitor needs the PortAudio library; on Debian: apt install libportaudio2") from None
    return cards


async def _play(cards: Any, station: str, wire: Path, device: str, buffer: MonitorBuffer) -> None:
    def fill(out: Any, frames: int, _time: object, _status: object) -> None:
        out[:] = buffer.read(frames).T

    relay = Relay(station, SystemClock(), asyncio.get_running_loop())
    relay.attach(Monitor(buffer.write))
    stream = _open(cards, device, fill)
    async with lifeline(supervised=False) as ended:
        following = asyncio.create_task(follow(wire, relay))
        try:
            with stream:
                print(f"Playing {station} on {_name(cards, device)}. Ctrl-C ends it.", flush=True)
                await _tell(relay, buffer, ended)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            relay.close()


def _open(cards: Any, device: str, fill: Any) -> Any:
    named: int | str | None = int(device) if device.isdigit() else device or None
    try:
        return cards.OutputStream(samplerate=SAMPLE_RATE, channels=CHANNELS, dtype="float32", device=named, callback=fill)
    except (cards.PortAudioError, ValueError) as error:
        raise InvalidConfiguration(f"the sound card cannot be opened: {error}; sonicforge monitor --devices lists what there is") from None


def _name(cards: Any, device: str) -> str:
    named: int | str | None = int(device) if device.isdigit() else device or None
    return str(cards.query_devices(named, "output")["name"])


async def _tell(relay: Relay, buffer: MonitorBuffer, ended: asyncio.Event) -> None:
    """Says each title once; on a terminal, how it stands, in one line that is written over."""
    said = ""
    while not ended.is_set():
        title = spoken(relay.on_air.airing) if relay.on_air else ""
        if title and title != said:
            print(f"\r\033[K  {title}" if sys.stdout.isatty() else f"  {title}", flush=True)
            said = title
        if sys.stdout.isatty():
            loudness = f"{relay.meters.levels.short_term_lufs:6.1f} LUFS" if relay.meters else ""
            away = "" if relay.connected else "   the station is away"
            print(f"\r\033[K  {loudness}   {seconds_of(buffer.frames):.1f} s ready{away}", end="", flush=True)
        try:
            async with asyncio.timeout(TELL_EVERY_SECONDS):
                await ended.wait()
        except TimeoutError:
            continue
