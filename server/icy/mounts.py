"""The mounts of all stations: which there are, what each sends, and how the packets become its bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from server.icy.adts import Adts
from server.icy.chunk import Bare, Framing
from server.icy.mount import Mount, MountLimits
from server.icy.opus import Chained, OneStream
from server.icy.titles import Titles, plain
from server.relay.relay import PacketSink
from server.wire.wire import Hello, NowPlaying, Rendition


class Station(Protocol):
    """What a mount asks of a station; server.relay.relay.Relay is one."""

    hello: Hello | None
    on_air: NowPlaying | None

    def attach(self, sink: PacketSink) -> None: ...
    def detach(self, sink: PacketSink) -> None: ...
    def on_change(self, watcher: Callable[[NowPlaying], None]) -> Callable[[], None]: ...


@dataclass(frozen=True, slots=True)
class MountKind:
    """One of the mounts that every station has."""

    file: str
    rendition: str
    content_type: str
    icy_titles: bool
    """Whether ICY blocks may stand in its body. Ogg says titles in its own way."""


KINDS: Final = (
    MountKind("radio.mp3", "mp3_192", "audio/mpeg", icy_titles=True),
    MountKind("radio.aac", "aac_128", "audio/aac", icy_titles=True),
    MountKind("radio.opus", "opus_128", "audio/ogg", icy_titles=False),
)


class StationMounts:
    """One station's mounts, fed by it until they are closed."""

    def __init__(self, station: Station, limits: MountLimits, kicked: Callable[[str], None]) -> None:
        self.station = station
        self.titles = Titles()
        if station.on_air:
            self.titles.take(station.on_air)
        self._unsubscribe = station.on_change(self.titles.take)
        self._mounts = {
            kind.file: Mount(kind.rendition, framing, self.titles, limits, kicked)
            for kind, framing in zip(KINDS, (bare, adts, self._one_opus), strict=True)
        }
        self.chained_opus = Mount(KINDS[2].rendition, self._chained_opus, self.titles, limits, kicked)
        for mount in self._all():
            station.attach(mount)

    def mount(self, file: str) -> Mount:
        """The mount of that file name."""
        return self._mounts[file]

    def close(self) -> None:
        """Takes nothing more from the station."""
        self._unsubscribe()
        for mount in self._all():
            self.station.detach(mount)

    def _all(self) -> list[Mount]:
        return [*self._mounts.values(), self.chained_opus]

    def _one_opus(self, rendition: Rendition) -> Framing:
        name = plain(self.station.hello.title) if self.station.hello else ""
        return OneStream(rendition.header, rendition.packet_frames, {"TITLE": name})

    def _chained_opus(self, rendition: Rendition) -> Framing:
        return Chained(rendition.header, rendition.packet_frames, self._comments_at)

    def _comments_at(self, position: int) -> dict[str, str]:
        airing = self.titles.at(position)
        track = airing.entry.track if airing else None
        return {"TITLE": plain(track.title), "ARTIST": plain(track.artist), "ALBUM": plain(track.album)} if track else {}


def bare(rendition: Rendition) -> Framing:
    """MP3."""
    return Bare(rendition.packet_frames)


def adts(rendition: Rendition) -> Framing:
    """AAC."""
    return Adts(rendition.header, rendition.packet_frames)


def open_mounts(stations: Mapping[str, Station], limits: MountLimits, kicked: Callable[[str], None]) -> dict[str, StationMounts]:
    """The mounts of every station, being fed. `kicked(reason)` hears of every listener who was cut off."""
    return {name: StationMounts(station, limits, kicked) for name, station in stations.items()}
