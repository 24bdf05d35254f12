"""Pluck patches: what plays arpeggios. Short, bright at the attack, never in the way."""

from typing import Final

from generation.procedural.patch import Patch

PLUCKS: Final = {
    patch.name: patch
    for patch in (
        Patch("saw pluck", "saw", 3, 16, 0.7, attack=0.002, decay=0.16, sustain=0.08, release=0.16, cutoff=1150, resonance=1.3,
              sweep_octaves=3.0, sweep_decay=0.08),
        Patch("trance pluck", "saw", 5, 22, 0.9, attack=0.002, decay=0.2, sustain=0.15, release=0.2, cutoff=1700, resonance=1.1,
              sweep_octaves=2.6, sweep_decay=0.1),
        Patch("square pluck", "square", 2, 9, 0.6, attack=0.002, decay=0.15, sustain=0.06, release=0.14, cutoff=1300, resonance=1.4,
              sweep_octaves=2.4, sweep_decay=0.07),
        Patch("bell", fm_ratio=3.5, fm_index=1.4, fm_decay=0.25, detune_cents=6, attack=0.002, decay=0.4, sustain=0.05, release=0.5,
              cutoff=11700),
        Patch("kalimba", fm_ratio=5.0, fm_index=0.6, fm_decay=0.05, detune_cents=5, body=0.4, attack=0.002, decay=0.28, sustain=0.04,
              release=0.25, cutoff=9100),
        Patch("crystal", "glass", 3, 8, 0.8, attack=0.002, decay=0.3, sustain=0.08, release=0.4, cutoff=8450),
        Patch("muted", "soft", 2, 8, 0.5, body=0.3, attack=0.003, decay=0.14, sustain=0.08, release=0.12, cutoff=1800, resonance=1.2,
              sweep_octaves=1.8, sweep_decay=0.06),
        Patch("reed pluck", "reed", 2, 9, 0.6, attack=0.003, decay=0.18, sustain=0.1, release=0.15, cutoff=2350, sweep_octaves=1.6,
              sweep_decay=0.08),
        Patch("neon pluck", "saw", 3, 14, 0.8, attack=0.002, decay=0.18, sustain=0.1, release=0.16, cutoff=1000, resonance=1.5,
              sweep_octaves=2.6, sweep_decay=0.09),
        Patch("chip pluck", "pulse", 2, 10, 0.7, attack=0.002, decay=0.14, sustain=0.12, release=0.12, cutoff=1700, resonance=1.2,
              sweep_octaves=1.9, sweep_decay=0.08),
        Patch("music box", fm_ratio=4.0, fm_index=0.7, fm_decay=0.09, detune_cents=8, body=0.3, attack=0.002, decay=0.5, sustain=0.03,
              release=0.5, cutoff=5200),
        Patch("harp", "soft", 2, 6, 0.5, body=0.4, attack=0.003, decay=0.5, sustain=0.05, release=0.6, cutoff=1600, resonance=0.9,
              sweep_octaves=1.7, sweep_decay=0.1),
        Patch("far bell", fm_ratio=2.76, fm_index=0.8, fm_decay=0.6, detune_cents=9, attack=0.02, decay=1.4, sustain=0.04, release=1.8,
              cutoff=5600),
    )
}  # fmt: skip
