"""Soft clipping, in place: it thickens a voice and rounds the peaks of drums."""

from dsp.block import Samples
from dsp.kernel import kernel


@kernel
def saturate(sound: Samples, drive: float) -> None:
    """x (27 + x^2) / (27 + 9 x^2) of `drive` times the sound: a near tanh, exactly 1 from 3 on. Quiet sound keeps its level."""
    scale = 1.0 / drive
    for channel in range(sound.shape[0]):
        for frame in range(sound.shape[1]):
            x = sound[channel, frame] * drive
            if x > 3.0:
                x = 3.0
            elif x < -3.0:
                x = -3.0
            sound[channel, frame] = scale * x * (27.0 + x * x) / (27.0 + 9.0 * x * x)


@kernel
def clip_softly(sound: Samples, knee: float, ceiling: float) -> None:
    """Leaves all below `knee` alone and bends what is above towards `ceiling`, which is never passed."""
    room = ceiling - knee
    for channel in range(sound.shape[0]):
        for frame in range(sound.shape[1]):
            x = sound[channel, frame]
            over = abs(x) - knee
            if over > 0.0:
                bent = knee + room * over / (over + room)
                sound[channel, frame] = bent if x > 0.0 else -bent
