"""Pad patches: chords that are held. Slow to come, slow to go, wide."""

from typing import Final

from generation.procedural.patch import Patch

PADS: Final = {
    patch.name: patch
    for patch in (
        Patch("supersaw pad", "saw", 7, 26, 0.95, attack=0.25, decay=1.5, sustain=0.85, release=0.9, cutoff=5450, tracking=0.3,
              wander_octaves=0.4, wander_hz=0.09),
        Patch("warm pad", "soft", 5, 18, 0.9, sub=0.15, attack=0.45, decay=1.0, sustain=0.9, release=1.2, cutoff=4150, tracking=0.3,
              wander_octaves=0.5, wander_hz=0.07),
        Patch("strings", "saw", 5, 16, 0.85, air=0.012, attack=0.3, decay=1.0, sustain=0.9, release=0.8, cutoff=5450, tracking=0.4,
              vibrato_cents=5, vibrato_hz=5.4),
        Patch("hollow pad", "hollow", 4, 14, 0.9, attack=0.4, decay=1.0, sustain=0.9, release=1.1, cutoff=3650, tracking=0.3,
              wander_octaves=0.5, wander_hz=0.11),
        Patch("glass pad", "glass", 4, 9, 0.9, air=0.015, attack=0.6, decay=2.0, sustain=0.8, release=1.5, cutoff=7800),
        Patch("choir", "pulse", 5, 20, 0.9, air=0.03, attack=0.3, decay=1.0, sustain=0.95, release=0.8, cutoff=6750, tracking=0.2,
              vibrato_cents=7, vibrato_hz=5.0, vowels="oa"),
        Patch("dark choir", "saw", 5, 17, 0.85, air=0.03, attack=0.35, decay=1.0, sustain=0.95, release=1.0, cutoff=5450, tracking=0.2,
              vibrato_cents=6, vibrato_hz=4.7, vowels="uo"),
        Patch("reed pad", "reed", 4, 12, 0.8, attack=0.2, decay=0.8, sustain=0.85, release=0.7, cutoff=4700, wander_octaves=0.3,
              wander_hz=0.13),
        Patch("tine pad", fm_ratio=2.0, fm_index=0.8, fm_decay=1.2, fm_floor=0.8, detune_cents=14, attack=0.5, decay=2.0, sustain=0.85,
              release=1.4, cutoff=5850),
        Patch("drift pad", "soft", 5, 22, 0.95, sub=0.2, attack=2.4, decay=2.0, sustain=0.9, release=4.0, cutoff=5600, tracking=0.3,
              wander_octaves=1.1, wander_hz=0.045),
        Patch("bowed pad", "reed", 4, 13, 0.9, air=0.02, attack=1.8, decay=2.0, sustain=0.9, release=3.4, cutoff=5200, tracking=0.4,
              wander_octaves=0.8, wander_hz=0.06, vibrato_cents=4, vibrato_hz=4.6),
        Patch("air choir", "pulse", 5, 24, 0.95, air=0.05, attack=2.0, decay=1.5, sustain=0.95, release=3.4, cutoff=7200, tracking=0.2,
              vibrato_cents=6, vibrato_hz=4.8, vowels="ua"),
        Patch("halo pad", "glass", 5, 12, 0.95, body=0.2, air=0.03, attack=3.0, decay=3.0, sustain=0.85, release=4.0, cutoff=7400,
              wander_octaves=0.6, wander_hz=0.05),
        Patch("tape strings", "saw", 4, 18, 0.8, air=0.01, attack=0.35, decay=1.0, sustain=0.85, release=0.8, cutoff=2100, tracking=0.3,
              vibrato_cents=7, vibrato_hz=4.4),
        Patch("analogue strings", "saw", 5, 24, 0.95, sub=0.12, attack=0.3, decay=1.2, sustain=0.9, release=0.9, cutoff=3900, tracking=0.3,
              wander_octaves=0.5, wander_hz=0.12),
        Patch("neon pad", "pulse", 4, 20, 0.9, sub=0.2, attack=0.2, decay=1.0, sustain=0.85, release=0.8, cutoff=3000, resonance=1.0,
              tracking=0.3, wander_octaves=0.8, wander_hz=0.1),
    )
}  # fmt: skip
