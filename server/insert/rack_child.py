"""The rack's process: plug-ins of strangers, and nothing that the station cannot lose.

`-m server.insert.rack_child RING ANSWERS ROOM PLUGINS`: two descriptors, a number of frames, and PlugIns as JSON. It reads a byte for
each block that lies in the ring, works, and writes a byte for each that is done. Standard input is its lifeline: with the engine gone
it reads the end, and ends. What it has to say goes out as JSON lines by what was standard output; what plug-ins print themselves goes
nowhere. It is no sandbox: a plug-in may read files, ask its licence server, and crash.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, Final, Protocol

import msgspec
import numpy as np

from dsp.block import BLOCK_FRAMES, CHANNELS, SAMPLE_RATE, Samples, silence
from server.insert.plug_in import PlugIn, Ready, Said, Unfit
from server.insert.ring import Ring

WARM_UP_BLOCKS: Final = 100
"""Two seconds of silence go through the plug-ins first: whatever they do once is done, and it is seen what they hold back."""
_PRIORITY: Final = -10


class Unloadable(Exception):
    """The plug-ins cannot be used; the message says why."""


class Chain(Protocol):
    """What is asked of a pedalboard."""

    def process(self, input_array: Samples, sample_rate: float, buffer_size: int, reset: bool) -> Samples: ...


def load(plug_ins: Sequence[PlugIn]) -> Chain:
    """The plug-ins, one behind the other. Raises Unloadable."""
    try:
        pedalboard: Any = import_module("pedalboard")  # an optional extra, and heavy
    except ImportError:
        raise Unloadable("pedalboard is not installed: pip install 'sonicforge[plugins]'") from None
    chain: Chain = pedalboard.Pedalboard([_loaded(pedalboard, plug_in) for plug_in in plug_ins])
    return chain


def _loaded(pedalboard: Any, wanted: PlugIn) -> Any:
    try:
        plug_in = _of_file(pedalboard, wanted) if wanted.file else _own(pedalboard, wanted.name)
        for name, value in wanted.parameters.items():
            if not hasattr(plug_in, name):
                raise Unloadable(f"{wanted.title} has no parameter {name}; it has {', '.join(_parameters(plug_in))}")
            setattr(plug_in, name, value)
    except Unloadable:
        raise
    except Exception as error:
        raise Unloadable(f"{wanted.title} cannot be loaded: {' '.join(str(error).split())[:300]}") from error
    return plug_in


def _own(pedalboard: Any, name: str) -> Any:
    made = getattr(pedalboard, name, None)
    if not (isinstance(made, type) and issubclass(made, pedalboard.Plugin)) or name.startswith("_"):
        own = [name for name, kind in vars(pedalboard).items() if isinstance(kind, type) and issubclass(kind, pedalboard.Plugin)]
        raise Unloadable(f"pedalboard has no plug-in {name}; it has {', '.join(sorted(own))}")
    return made()


def _of_file(pedalboard: Any, wanted: PlugIn) -> Any:
    plug_in = pedalboard.load_plugin(wanted.file, plugin_name=wanted.part or None)
    if wanted.preset:
        plug_in.load_preset(wanted.preset)
    return plug_in


def _parameters(plug_in: Any) -> list[str]:
    named = getattr(plug_in, "parameters", None)
    if isinstance(named, dict):
        return sorted(named)
    return [name for name in dir(plug_in) if not name.startswith(("_", "is_")) and not callable(getattr(plug_in, name))]


class Passage:
    """Sound through the plug-ins, `room_frames` late whatever they hold back themselves."""

    def __init__(self, chain: Chain, room_frames: int) -> None:
        """Warms them up. Raises Unloadable if they hold back more than there is room for."""
        self._chain = chain
        passed = sum(self._through(silence(BLOCK_FRAMES)).shape[1] for _ in range(WARM_UP_BLOCKS))
        self.latency_frames = WARM_UP_BLOCKS * BLOCK_FRAMES - passed
        if not 0 <= self.latency_frames <= room_frames:
            needed = 1000 * self.latency_frames / SAMPLE_RATE
            raise Unloadable(f"the plug-ins hold back {needed:.1f} ms of sound: set plugin_latency_milliseconds to at least that")
        self._waiting = silence(room_frames - self.latency_frames)

    def process(self, block: Samples) -> Samples:
        """The next block, float32 [2, 960]. Raises Unloadable when they suddenly hold back more."""
        waiting = np.concatenate((self._waiting, self._through(block)), axis=1)
        if waiting.shape[1] < BLOCK_FRAMES:
            raise Unloadable("the plug-ins have begun to hold back more sound than before")
        self._waiting = waiting[:, BLOCK_FRAMES:]
        return waiting[:, :BLOCK_FRAMES]

    def _through(self, block: Samples) -> Samples:
        passed = self._chain.process(block, SAMPLE_RATE, buffer_size=BLOCK_FRAMES, reset=False)
        if passed.ndim != CHANNELS or passed.shape[0] != CHANNELS:
            raise Unloadable("what comes out is not stereo")
        return passed


def serve(passage: Passage, ring: Ring, posts: int, answers: int) -> None:
    """Works on what is posted, until no more is. Raises whatever the plug-ins raise."""
    number = 0
    while posted := os.read(posts, 1):
        # The block is copied: a plug-in that wrote into it would write into the engine's memory.
        ring.back(number)[:] = passage.process(ring.there(number).copy())
        os.write(answers, posted)
        number += 1


def main() -> None:
    """Ends without tidying up: plug-ins have been seen to hang there."""
    words = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    ring, answers, room_frames = map(int, sys.argv[1:4])

    def say(said: Said) -> None:
        os.write(words, msgspec.json.encode(said) + b"\n")

    with suppress(OSError):  # permitted to few
        os.setpriority(os.PRIO_PROCESS, 0, _PRIORITY)
    try:
        passage = Passage(load(msgspec.json.decode(sys.argv[4], type=list[PlugIn])), room_frames)
        say(Ready(passage.latency_frames))
        serve(passage, Ring(ring), 0, answers)
    except BrokenPipeError:
        pass
    except Unloadable as error:
        say(Unfit(str(error)))
    except Exception as error:  # noqa: BLE001 (whatever it is, a plug-in has brought it about)
        say(Unfit(f"the plug-ins failed: {type(error).__name__}: {error}"[:300]))
    os._exit(0)


if __name__ == "__main__":
    main()
