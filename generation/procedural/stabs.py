"""Stab patches: chords that are struck. Pianos, organs, dub chords."""

from typing import Final

from generation.procedural.patch import Patch

STABS: Final = {
    patch.name: patch
    for patch in (
        Patch("electric piano", fm_ratio=1.0, fm_index=2.4, fm_decay=0.35, fm_floor=0.35, detune_cents=7, attack=0.003, decay=0.9,
              sustain=0.25, release=0.35, cutoff=8450),
        Patch("bright piano", fm_ratio=2.0, fm_index=2.6, fm_decay=0.22, fm_floor=0.3, detune_cents=5, body=0.5, attack=0.002, decay=0.6,
              sustain=0.2, release=0.22, cutoff=11700),
        Patch("house organ", "organ", 2, 8, 0.6, attack=0.003, decay=0.22, sustain=0.45, release=0.1, cutoff=5450, sweep_octaves=0.8,
              sweep_decay=0.09),
        Patch("dub chord", "saw", 3, 14, 0.6, attack=0.003, decay=0.3, sustain=0.15, release=0.25, cutoff=1000, resonance=1.5,
              sweep_octaves=1.9, sweep_decay=0.12, drive=1.2),
        Patch("deep chord", "soft", 3, 12, 0.7, sub=0.1, attack=0.004, decay=0.35, sustain=0.3, release=0.3, cutoff=2850, resonance=1.0,
              sweep_octaves=1.4, sweep_decay=0.15),
        Patch("saw stab", "saw", 5, 22, 0.9, attack=0.003, decay=0.25, sustain=0.35, release=0.14, cutoff=3400, resonance=0.9,
              sweep_octaves=1.5, sweep_decay=0.12),
        Patch("rave stab", "pulse", 3, 16, 0.7, attack=0.002, decay=0.22, sustain=0.25, release=0.12, cutoff=2850, resonance=1.2,
              sweep_octaves=1.6, sweep_decay=0.09, drive=1.3),
        Patch("marimba", "glass", 2, 5, 0.5, body=0.7, attack=0.002, decay=0.22, sustain=0.05, release=0.2, cutoff=6500,
              sweep_octaves=0.7, sweep_decay=0.05),
        Patch("reed stab", "reed", 3, 12, 0.7, attack=0.004, decay=0.3, sustain=0.3, release=0.15, cutoff=3100, sweep_octaves=1.0,
              sweep_decay=0.1),
        Patch("rhodes", fm_ratio=1.0, fm_index=1.5, fm_decay=0.5, fm_floor=0.2, detune_cents=6, body=0.5, attack=0.004, decay=1.3,
              sustain=0.28, release=0.4, cutoff=3400, tracking=0.3),
        Patch("felt piano", "soft", 2, 5, 0.4, body=0.5, air=0.015, attack=0.005, decay=0.8, sustain=0.12, release=0.45, cutoff=1150,
              resonance=0.8, sweep_octaves=1.5, sweep_decay=0.12),
        Patch("nylon", "pulse", 1, body=0.35, attack=0.002, decay=0.45, sustain=0.06, release=0.3, cutoff=900, resonance=0.9,
              sweep_octaves=2.0, sweep_decay=0.07),
        Patch("far piano", fm_ratio=1.0, fm_index=1.1, fm_decay=0.8, fm_floor=0.1, detune_cents=9, body=0.6, attack=0.02, decay=2.2,
              sustain=0.15, release=2.2, cutoff=3000, tracking=0.3),
        Patch("swell", "saw", 4, 18, 0.9, attack=1.1, decay=1.5, sustain=0.6, release=2.4, cutoff=1300, resonance=0.8, sweep_octaves=0.9,
              sweep_decay=1.4),
        Patch("neon stab", "saw", 4, 20, 0.9, sub=0.15, attack=0.004, decay=0.35, sustain=0.45, release=0.22, cutoff=2300, resonance=1.0,
              sweep_octaves=1.7, sweep_decay=0.16),
        Patch("dub organ", "organ", 2, 7, 0.5, attack=0.004, decay=0.2, sustain=0.2, release=0.2, cutoff=1250, resonance=1.1,
              sweep_octaves=1.0, sweep_decay=0.09, drive=1.2),
    )
}  # fmt: skip
