"""A patch: all that makes a synthesiser sound the way it does, as a value. What plays it is voice.py; the presets stand in basses.py,
pads.py, chords.py (stabs), plucks.py and leads.py."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, slots=True)
class Patch:
    """One instrument. Times are seconds, frequencies Hz."""

    name: str
    wave: str = "saw"
    """One of oscillators.WAVES."""
    voices: int = 1
    detune_cents: float = 0.0
    """Between the outermost voices."""
    spread: float = 0.0
    """0: all voices in the middle, 1: the outermost hard left and right."""
    sub: float = 0.0
    """Level of a sine an octave below."""
    body: float = 0.0
    """Level of a sine at the pitch itself."""
    air: float = 0.0
    """Level of noise."""
    fm_ratio: float = 0.0
    """Frequency of a modulating sine as a multiple of the pitch; 0: the wave is read, not modulated."""
    fm_index: float = 0.0
    fm_decay: float = 0.3
    fm_floor: float = 0.0
    """Index that stays after the decay."""
    attack: float = 0.005
    decay: float = 0.3
    sustain: float = 0.7
    release: float = 0.15
    cutoff: float = 18_000.0
    """Of the low-pass, for middle C, between sweeps."""
    tracking: float = 0.5
    """How far the cutoff follows the pitch."""
    resonance: float = 0.7
    sweep_octaves: float = 0.0
    """How far above `cutoff` each note begins."""
    sweep_decay: float = 0.2
    wander_octaves: float = 0.0
    """How far the cutoff drifts up and down."""
    wander_hz: float = 0.1
    drive: float = 0.0
    vibrato_cents: float = 0.0
    vibrato_hz: float = 5.2
    glide: float = 0.0
    """How long the pitch takes from the last note to this one."""
    vowels: str = ""
    """Two of "aeiou": the voice sings from the first to the second and back."""

    def coloured(self, rng: np.random.Generator) -> "Patch":
        """A sibling: the same instrument, set by another hand."""
        return replace(
            self,
            detune_cents=self.detune_cents * rng.uniform(0.8, 1.2),
            cutoff=self.cutoff * 2.0 ** rng.uniform(-0.3, 0.3),
            sweep_octaves=self.sweep_octaves * rng.uniform(0.85, 1.15),
            sweep_decay=self.sweep_decay * rng.uniform(0.8, 1.25),
            decay=self.decay * rng.uniform(0.85, 1.2),
            fm_index=self.fm_index * rng.uniform(0.8, 1.2),
        )
