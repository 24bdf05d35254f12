"""After their warm-up the ears compile nothing, whatever they hear."""

from dsp.ears import hear
from dsp.warm_up import kernels
from dsp.warm_up_ears import PARTS, warm_up
from tests.dsp.sounds import music


def test_a_track_is_heard_without_compiling() -> None:
    told: list[str] = []
    assert "dsp.beats._weigh_steps" in warm_up(told.append)
    assert told == list(PARTS)
    compiled = {name: len(kernel.signatures) for name, kernel in kernels().items()}
    track = music(20.0).copy()
    hear(track)
    track.flags.writeable = False
    hear(track[:, 100:])
    assert {name: len(kernel.signatures) for name, kernel in kernels().items()} == compiled
