"""A station without an engine: tests say what airs and hand it packets."""

from collections.abc import Callable

from server.air import Levels, Standing
from server.relay.relay import PacketSink
from server.track import Airing, Entry, Reason, Source, Track
from server.wire.wire import Hello, LiveStanding, MasteringStanding, Meters, NowPlaying, Rendition

EPOCH = 1_800_000_000.0
MP3 = Rendition("mp3_192", "mp3", 192_000, 1_152, b"")
AAC = Rendition("aac_128", "aac", 128_000, 1_024, bytes.fromhex("1190"))
OPUS = Rendition("opus_128", "opus", 128_000, 960, b"OpusHead\x01\x02\x38\x01\x80\xbb\x00\x00\x00\x00\x00")


def track(title: str, artist: str = "Artist", seconds: float = 180.0, track_id: str = "00000000deadbeef") -> Track:
    frames = int(seconds * 48_000)
    return Track(track_id, title, artist, Source.STUDIO, f"/studio/{track_id}.flac", frames, -16.0, -1.5, 0, frames - 96_000, frames)


def airing(title: str, started_position: int, seconds: float = 180.0, **more: str) -> Airing:
    entry = Entry(f"e{started_position}", track(title, seconds=seconds, **more), Reason.STUDIO)
    return Airing(entry, started_position, started_position + int(seconds * 48_000))


def standing(**changed: float) -> Standing:
    told = {"fallback_level": 0, "dead_air_seconds": 0.0, "dead_air_seconds_total": 0.0, "late_ticks_total": 0, "skipped_frames_total": 0}
    told |= {"buffer_seconds": 200.0, **changed}
    return Standing(fallbacks_total={"next": 3, "bed": 1}, **told)


def meters(position: int = 0, **changed: float) -> Meters:
    return Meters(position, Levels(-15.0, -16.0, -16.1, -1.2, 2.5), standing(**changed))


class FakeStation:
    """Has the face of server.relay.relay.Relay."""

    def __init__(self, name: str = "main", renditions: tuple[Rendition, ...] = (MP3, AAC, OPUS)) -> None:
        self.station = name
        self.hello: Hello | None = Hello(1, name, "Radio Näh", "Music made here.", "House", EPOCH, 1, EPOCH + 5, list(renditions))
        self.on_air: NowPlaying | None = None
        self.meters: Meters | None = meters()
        self.live: LiveStanding | None = None
        self.mastering: MasteringStanding | None = None
        self.connected = True
        self.filling = False
        self.filled_seconds_total = 0.0
        self.engine_losses_total = 0
        self.now = 0
        self.sinks: list[PacketSink] = []
        self.watchers: list[Callable[[NowPlaying], None]] = []
        self.live_watchers: list[Callable[[LiveStanding], None]] = []
        self._history: list[Airing] = []

    def attach(self, sink: PacketSink) -> None:
        self.sinks.append(sink)

    def detach(self, sink: PacketSink) -> None:
        self.sinks.remove(sink)

    def on_change(self, watcher: Callable[[NowPlaying], None]) -> Callable[[], None]:
        self.watchers.append(watcher)
        return lambda: self.watchers.remove(watcher)

    def on_live(self, watcher: Callable[[LiveStanding], None]) -> Callable[[], None]:
        self.live_watchers.append(watcher)
        return lambda: self.live_watchers.remove(watcher)

    def seat(self, standing: LiveStanding) -> None:
        """The engine tells who is live."""
        self.live = standing
        for watcher in list(self.live_watchers):
            watcher(standing)

    def wall_of(self, position: int) -> float:
        return EPOCH + position / 48_000

    def position_now(self) -> int:
        return self.now

    def give(self, rendition: Rendition, position: int, packets: list[bytes], sitting: int = 1) -> None:
        for sink in list(self.sinks):
            sink.packets(rendition, sitting, position, packets)

    def air(self, now: Airing, *upcoming: Entry) -> None:
        """`now` follows what aired."""
        if self.on_air:
            self._history.insert(0, self.on_air.airing)
        self.on_air = NowPlaying(now.started_position, now, list(upcoming), self._history[:20])
        for watcher in list(self.watchers):
            watcher(self.on_air)
