"""Lead patches: what carries the melody."""

from typing import Final

from generation.procedural.patch import Patch

LEADS: Final = {
    patch.name: patch
    for patch in (
        Patch("supersaw lead", "saw", 7, 34, 0.9, body=0.25, attack=0.006, decay=0.5, sustain=0.75, release=0.28, cutoff=6750,
              resonance=0.8, sweep_octaves=0.6, sweep_decay=0.2),
        Patch("soft lead", "soft", 3, 12, 0.6, body=0.3, attack=0.02, decay=0.4, sustain=0.75, release=0.25, cutoff=4950,
              vibrato_cents=14, glide=0.06),
        Patch("square lead", "square", 2, 10, 0.5, attack=0.01, decay=0.4, sustain=0.65, release=0.2, cutoff=3650, resonance=1.0,
              sweep_octaves=0.8, sweep_decay=0.15, vibrato_cents=12, glide=0.05),
        Patch("whistle", "triangle", 2, 6, 0.4, air=0.01, attack=0.03, decay=0.4, sustain=0.8, release=0.3, cutoff=9100,
              vibrato_cents=18, vibrato_hz=5.5, glide=0.08),
        Patch("glass bell", fm_ratio=2.76, fm_index=1.1, fm_decay=0.5, detune_cents=7, body=0.3, attack=0.002, decay=0.7, sustain=0.15,
              release=0.7, cutoff=11050),
        Patch("tine lead", fm_ratio=1.0, fm_index=2.0, fm_decay=0.35, fm_floor=0.6, detune_cents=9, attack=0.004, decay=0.7, sustain=0.4,
              release=0.4, cutoff=8450),
        Patch("vox", "pulse", 4, 18, 0.7, air=0.03, attack=0.03, decay=0.4, sustain=0.8, release=0.2, cutoff=7800, tracking=0.2,
              vibrato_cents=14, glide=0.07, vowels="ao"),
        Patch("hollow lead", "hollow", 3, 14, 0.7, attack=0.012, decay=0.4, sustain=0.7, release=0.3, cutoff=4700, glide=0.05,
              vibrato_cents=10),
        Patch("pluck lead", "saw", 5, 20, 0.8, body=0.3, attack=0.002, decay=0.3, sustain=0.3, release=0.25, cutoff=2600, resonance=1.1,
              sweep_octaves=2.0, sweep_decay=0.15),
        Patch("neon lead", "saw", 3, 16, 0.6, body=0.2, attack=0.008, decay=0.5, sustain=0.75, release=0.26, cutoff=3800, resonance=1.0,
              sweep_octaves=0.9, sweep_decay=0.2, vibrato_cents=14, glide=0.09),
        Patch("brass lead", "saw", 4, 18, 0.7, attack=0.05, decay=0.5, sustain=0.75, release=0.25, cutoff=1700, resonance=0.8,
              sweep_octaves=1.3, sweep_decay=0.35, vibrato_cents=9),
        Patch("muted horn", "reed", 2, 7, 0.4, air=0.015, attack=0.04, decay=0.4, sustain=0.7, release=0.2, cutoff=1700, tracking=0.4,
              vibrato_cents=12, vibrato_hz=4.9, glide=0.07),
        Patch("flute", "triangle", 2, 5, 0.4, air=0.05, attack=0.06, decay=0.5, sustain=0.8, release=0.3, cutoff=4200, vibrato_cents=12,
              vibrato_hz=5.0, glide=0.05),
        Patch("far voice", "pulse", 4, 20, 0.8, air=0.04, attack=0.5, decay=1.0, sustain=0.85, release=1.6, cutoff=5200, tracking=0.2,
              vibrato_cents=12, glide=0.2, vowels="uo"),
        Patch("glass air", "glass", 3, 10, 0.8, air=0.02, attack=0.25, decay=1.5, sustain=0.5, release=1.8, cutoff=6200),
    )
}  # fmt: skip
