"""One station's sound to all its WebRTC listeners: each packet is made once, and only encrypted for each.

It owns the pace (pacing.py), the sequence numbers and the order of sending. Listeners are dealt to lanes, which take their turn within
the length of a packet: so a thousand sends never stand together before whatever else the event loop has to do, and each listener still
gets his packets at even distances. It knows neither ICE nor SDP; a `Voice` is all that it sees of a listener.
"""

import secrets
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final, Generic, Protocol, TypeVar

from dsp.block import SAMPLE_RATE
from server.relay.relay import PacketSink, Timers
from server.webrtc.gathering import Gathering, Sound
from server.webrtc.pacing import Pacing
from server.webrtc.rtp import SEQUENCES, rtp_packet, source_description
from server.wire.wire import Rendition

RENDITION: Final = "opus_128"
HEARD_AFTER_SECONDS: Final = 0.2
"""How long after a position is on air a listener hears it: batches of 0.08 s, the wire's 0.04, his jitter buffer's 0.04 and his device."""
LATEST_SECONDS: Final = 0.2
"""What could not be sent for so long is not sent any more: a listener hears a gap, not a gap and then everything in a hurry."""
LANE_SECONDS: Final = 0.004
LANE_VOICES: Final = 128
"""Until all lanes have so many, the first ones are filled: each lane that is in use is a turn of the event loop."""
REPORT_SECONDS: Final = 5.0
"""RFC 3550, 6.2."""
MOST_WAITING: Final = 500
"""Ten seconds of sound; more never wait."""


class Voice(Protocol):
    """The way to one listener."""

    payload_type: int

    def report(self, unix_seconds: float, position: int) -> None:
        """Sends what the sender says of himself."""


V = TypeVar("V", bound=Voice)
V_contra = TypeVar("V_contra", bound=Voice, contravariant=True)


class Group(Protocol[V_contra]):
    """Voices that get the same bytes before encryption."""

    def __len__(self) -> int: ...
    def add(self, voice: V_contra, /) -> None: ...
    def remove(self, voice: V_contra, /) -> None: ...

    def send(self, packet: bytes, /) -> None:
        """One RTP packet to each, encrypted for him. What cannot be sent is lost and counted. Never waits, never raises."""


class Station(Protocol):
    """What is asked of a station; server.relay.relay.Relay is one."""

    def attach(self, sink: PacketSink) -> None: ...
    def detach(self, sink: PacketSink) -> None: ...
    def position_now(self) -> int: ...
    def wall_of(self, position: int) -> float: ...


class _Lane(Generic[V]):
    """Listeners whose turn comes at the same moment."""

    def __init__(self, group: Callable[[], Group[V]]) -> None:
        self.voices: list[V] = []
        self._make_group = group
        self._groups: dict[tuple[int, int], Group[V]] = {}
        """By payload type and by what is added to the sequence number."""
        self._place_of: dict[V, tuple[int, int]] = {}

    def add(self, voice: V, offset: int) -> None:
        place = self._place_of[voice] = voice.payload_type, offset
        group = self._groups.get(place) or self._make_group()
        group.add(voice)
        self._groups[place] = group
        self.voices.append(voice)

    def remove(self, voice: V) -> None:
        self.voices.remove(voice)
        place = self._place_of.pop(voice)
        self._groups[place].remove(voice)
        if not len(self._groups[place]):
            del self._groups[place]

    def send(self, sequence: int, marker: bool, sound: Sound, ssrc: int) -> None:
        for (payload_type, offset), group in self._groups.items():
            group.send(rtp_packet(payload_type, marker, sequence + offset, sound.position, ssrc, sound.payload))


class Fan(Generic[V]):
    """A packet sink (server/relay/relay.py) that feeds WebRTC listeners of one station. Made on the front's loop."""

    def __init__(
        self, station: Station, packet_milliseconds: int, monotonic: Callable[[], float], timers: Timers, group: Callable[[], Group[V]]
    ) -> None:
        """`group` makes an empty one."""
        self.ssrc: Final = secrets.randbits(32)
        self.name: Final = secrets.token_hex(8)
        """The canonical name of the sender, RFC 7022."""
        self.description: Final = source_description(self.ssrc, self.name)
        self.packets_total = 0
        """Packets made; each listener gets those made while he listens, less his losses."""
        self.octets_total = 0
        """Of their payloads."""
        self.skipped_total = 0
        """Packets that came too late to be sent."""
        self.refused_total = 0
        """Packets that a listener's socket did not take."""
        self.lost_total = 0
        """Packets that listeners said they have not got."""
        self.anew: Callable[[], None] = lambda: None
        """Called when the sound goes on with what cannot follow: listeners must connect again."""
        self._station = station
        self._packet_frames = packet_milliseconds * SAMPLE_RATE // 1_000
        self._packet_seconds = packet_milliseconds / 1_000
        self._monotonic = monotonic
        self._timers = timers
        self._lanes = [_Lane(group) for _ in range(round(self._packet_seconds / LANE_SECONDS))]
        self._lane_of: dict[V, _Lane[V]] = {}
        self._rendition: Rendition | None = None
        self._waiting: deque[Sound] = deque()
        self._sequence = secrets.randbelow(SEQUENCES)
        self._turn = 0
        self._sent_until: int | None = None
        self._edge = 0
        self._timer_set = False
        self._closed = False
        self._begin()
        station.attach(self)
        self._begin()  # what was replayed was heard by others, long ago

    def __len__(self) -> int:
        """How many listen."""
        return len(self._lane_of)

    @property
    def sounding(self) -> bool:
        """Whether there is something to hear."""
        return self._rendition is not None

    def join(self, voice: V) -> None:
        """Feeds `voice` from the next packet on.

        His sequence numbers begin in the lower half: a listener who misses his very first packets must not miss a wrap among them, for
        nothing after it could be decrypted (RFC 3711, 3.3.1).
        """
        room = (lane for lane in self._lanes if len(lane.voices) < LANE_VOICES)
        lane = next(room, None) or min(self._lanes, key=lambda one: len(one.voices))
        lane.add(voice, SEQUENCES // 2 if self._sequence >= SEQUENCES // 2 else 0)
        self._lane_of[voice] = lane

    def leave(self, voice: V) -> None:
        """Feeds him no more. Again: nothing."""
        lane = self._lane_of.pop(voice, None)
        if lane is not None:
            lane.remove(voice)

    def packets(self, rendition: Rendition, sitting: int, position: int, packets: list[bytes]) -> None:  # noqa: ARG002
        """Takes what belongs to its rendition; see server.relay.relay.PacketSink."""
        if rendition.name != RENDITION:
            return
        if self._rendition is not None and (rendition != self._rendition or position < self._edge):
            self.anew()
            self._begin()
        if self._rendition is None:
            self._rendition = rendition
            self._gathering = Gathering(self._packet_frames, rendition.packet_frames)
        self._pacing.arrived(position, self._monotonic())
        for packet in packets:
            self._waiting.extend(self._gathering.take(position, packet))
            position += rendition.packet_frames
        self._edge = position
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popleft()
        self._send_due()

    def close(self) -> None:
        """Sends nothing more. Again: nothing."""
        if not self._closed:
            self._closed = True
            self._station.detach(self)
            self._waiting.clear()

    def _begin(self) -> None:
        self._rendition = None
        self._pacing = Pacing()
        self._gathering = Gathering(self._packet_frames, self._packet_frames)
        self._waiting.clear()
        self._sent_until = None

    def _send_due(self) -> None:
        """Sends what is due, and comes again when the next is."""
        now = self._monotonic()
        while self._waiting:
            wait_seconds = self._pacing.due(self._waiting[0].last_position) - now
            if wait_seconds > 0:
                self._come_again(wait_seconds)
                return
            sound = self._waiting.popleft()
            if wait_seconds < -LATEST_SECONDS:
                self.skipped_total += 1
            else:
                self._send(sound)

    def _come_again(self, wait_seconds: float) -> None:
        if not self._timer_set:
            self._timer_set = True
            self._timers.call_later(wait_seconds, self._awake)

    def _awake(self) -> None:
        self._timer_set = False
        if not self._closed:
            self._send_due()

    def _send(self, sound: Sound) -> None:
        marker = sound.position != self._sent_until
        self._sent_until = sound.last_position + (self._rendition.packet_frames if self._rendition else 0)
        self._sequence = (self._sequence + 1) % SEQUENCES
        self._turn += 1
        self.packets_total += 1
        self.octets_total += len(sound.payload)
        for number, lane in enumerate(self._lanes):
            if number == 0:
                self._send_lane(lane, self._sequence, self._turn, marker, sound)
            elif lane.voices:
                send = partial(self._send_lane, lane, self._sequence, self._turn, marker, sound)
                self._timers.call_later(number * LANE_SECONDS, send)

    def _send_lane(self, lane: _Lane[V], sequence: int, turn: int, marker: bool, sound: Sound) -> None:
        lane.send(sequence, marker, sound, self.ssrc)
        turns = round(REPORT_SECONDS / self._packet_seconds)
        reporting = lane.voices[turn % turns :: turns]
        if reporting:
            position = self._station.position_now()
            unix_seconds = self._station.wall_of(position)
            for voice in reporting:
                voice.report(unix_seconds, position)
