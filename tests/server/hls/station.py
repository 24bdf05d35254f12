"""A station on a virtual clock whose packets are made up: for tests of what is cut, listed and served."""

from server.clock import PART_FRAMES, SEGMENT_FRAMES, VirtualClock
from server.hls.window import Window
from server.relay.relay import Relay
from server.track import Airing
from server.wire.wire import Hello, NowPlaying, Packets, Rendition
from tests.server.timeline import VirtualTimers

EPOCH = 1_800_000_000.123
BEGIN = 40 * SEGMENT_FRAMES
AAC = [Rendition(f"aac_{kbits}", "aac", kbits * 1000, 1024, bytes.fromhex("119056e500")) for kbits in (64, 128, 192, 320)]
MP3 = Rendition("mp3_192", "mp3", 192_000, 1152, b"")


def packets_of(rendition: Rendition, part: int) -> list[bytes]:
    """A part's packets: no two are equal, and their sizes are about right."""
    size = rendition.bitrate * 1024 // 48_000 // 8
    return [f"{rendition.name} {part * 15 + number} ".encode().ljust(size + number % 3, b".") for number in range(15)]


class MadeUpStation:
    """Speaks part by part."""

    def __init__(self, begin: int = BEGIN) -> None:
        self.clock = VirtualClock()
        self.timers = VirtualTimers(self.clock)
        self.relay = Relay("main", self.clock, self.timers)
        self.window = Window(self.relay)
        self.next_part = begin // PART_FRAMES
        self.sitting = 1

    def sign_on(self, sitting: int = 1, epoch: float = EPOCH, renditions: tuple[Rendition, ...] = (*AAC, MP3)) -> None:
        self.sitting = sitting
        self.relay.found(Hello(1, "main", "Main", "", "", epoch, sitting, epoch, list(renditions)), lambda _: None)

    def speak(self, parts: int) -> None:
        """The next parts of every rendition, as the wire brings them."""
        for _ in range(parts):
            for rendition in AAC:
                packets = packets_of(rendition, self.next_part)
                self.relay.receive(Packets(rendition.name, self.sitting, self.next_part * PART_FRAMES, packets))
            self.next_part += 1

    def air(self, airing: Airing, *history: Airing) -> None:
        self.relay.receive(NowPlaying(self.next_part * PART_FRAMES, airing, [], list(history)))

    def text(self, rendition: str = "aac_128", *, delta: bool = False) -> str:
        text = self.window.playlist(rendition, delta=delta, compressed=False)
        assert text is not None
        return text.decode()
