"""A DJ for tests: his sound in pieces as his program sends it, with a clock of his own and a line that stutters."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, Samples
from server.air import Moment
from server.live.floor import Floor
from server.live.session import SOUND_BLOCK_FRAMES, Mode, Session

HERTZ = 440.0
AMPLITUDE = 0.2
STEEPEST = AMPLITUDE * 2 * np.pi * HERTZ / SAMPLE_RATE
"""The most that the tone may move from one frame to the next."""


def session(name: str = "a", **changes: object) -> Session:
    """A session; what `changes` does not say is the same for all."""
    known: dict[str, object] = {
        "id": name * 16,
        "dj": f"DJ {name.upper()}",
        "way": "icecast",
        "mode": Mode.TAKEOVER,
        "priority": 50,
        "began_at": 1_800_000_000.0,
    }
    return Session(**(known | changes))  # type: ignore[arg-type]


def wave(begin: int, frames: int, hertz: float = HERTZ, amplitude: float = AMPLITUDE) -> Samples:
    """A tone from its frame `begin` on, float32 [2, frames]."""
    tone = amplitude * np.sin(np.arange(begin, begin + frames) * (2 * np.pi * hertz / SAMPLE_RATE))
    return np.tile(tone.astype(np.float32), (2, 1))


def pcm(sound: Samples) -> bytes:
    """As it crosses the wire: int16 little-endian, interleaved."""
    return np.round(sound.T * 32_767).astype("<i2").tobytes()


@cache
def _tone(hertz: float, amplitude: float) -> bytes:
    return pcm(wave(0, SAMPLE_RATE, hertz, amplitude))


def sent(begin: int, frames: int, hertz: float = HERTZ, amplitude: float = AMPLITUDE) -> bytes:
    """`pcm(wave(...))` of less than 0.9 s, for tones that repeat after 1/40 s."""
    place = begin % (SAMPLE_RATE // 40)
    return _tone(hertz, amplitude)[4 * place : 4 * (place + frames)]


@dataclass
class Dj:
    """Sends a tone to the floor: a sink of the conductor, so that his time goes by with the station's."""

    floor: Floor
    session: Session = field(default_factory=session)
    speed: float = 1.0
    """Of his sound card, against the station's."""
    gust_blocks: int = 1
    """His line lets his sound through every so many ticks."""
    hertz: float = HERTZ
    amplitude: float = AMPLITUDE
    sounds: Callable[[int], bool] = lambda _: True
    """Whether he makes a sound at that tick; else he sends silence."""
    sends: Callable[[int], bool] = lambda _: True
    """Whether anything gets through at that tick; what does not is lost."""
    tick: int = 0
    sent_frames: int = 0
    _due: float = 0.0
    _waiting: bytes = b""
    _gone: bool = False

    def come(self) -> "Dj":
        """Comes in."""
        self.floor.open(self.session)
        return self

    def say(self, **changes: object) -> None:
        """Changes his session."""
        self.session = session(self.session.id[0], **({name: getattr(self.session, name) for name in Session.__struct_fields__} | changes))
        self.floor.open(self.session)

    def leave(self) -> None:
        """Goes; what was under way is lost."""
        self.floor.close(self.session.id)
        self._gone = True

    def take(self, _: Moment | None = None) -> None:
        """The next 20 ms of his time and ours."""
        if self._gone:
            return
        self._due += BLOCK_FRAMES * self.speed
        frames = int(self._due) - self.sent_frames
        amplitude = self.amplitude if self.sounds(self.tick) else 0.0
        self._waiting += sent(self.sent_frames, frames, self.hertz, amplitude)
        self.sent_frames += frames
        self.tick += 1
        if not self.sends(self.tick):
            self._waiting = b""
        elif self.tick % self.gust_blocks == 0:
            step = SOUND_BLOCK_FRAMES * 4
            for start in range(0, len(self._waiting), step):
                self.floor.sound(self.session.id, self._waiting[start : start + step])
            self._waiting = b""
