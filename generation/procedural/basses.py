"""Bass patches. All stay in the middle; the reeses are wide above the low end, which the master keeps mono."""

from typing import Final

from generation.procedural.patch import Patch

BASSES: Final = {
    patch.name: patch
    for patch in (
        Patch("sub", "sine", body=0.3, attack=0.008, decay=0.5, sustain=0.85, release=0.06, drive=1.6),
        Patch("warm sub", "triangle", body=0.8, attack=0.006, decay=0.4, sustain=0.8, release=0.07, cutoff=900, drive=1.8),
        Patch("reese", "saw", 3, 38, 0.7, body=1.0, attack=0.012, decay=0.5, sustain=0.9, release=0.1,
              cutoff=1100, resonance=1.1, wander_octaves=0.9, wander_hz=0.45, drive=1.7, glide=0.09),
        Patch("hollow reese", "square", 2, 30, 0.5, body=0.9, attack=0.01, decay=0.5, sustain=0.9, release=0.09,
              cutoff=1300, resonance=1.4, wander_octaves=1.1, wander_hz=0.8, drive=1.5, glide=0.07),
        Patch("growl", fm_ratio=1.0, fm_index=1.6, fm_decay=0.35, fm_floor=1.1, detune_cents=8, body=0.6, attack=0.008, decay=0.4,
              sustain=0.8, release=0.08, cutoff=1700, resonance=1.2, wander_octaves=0.7, wander_hz=1.4, drive=1.4),
        Patch("rolling", "saw", 1, body=0.9, attack=0.002, decay=0.12, sustain=0.55, release=0.03, cutoff=520, resonance=1.2,
              sweep_octaves=2.6, sweep_decay=0.06, drive=1.4),
        Patch("psy", "saw", 1, body=0.5, attack=0.0015, decay=0.09, sustain=0.3, release=0.02, cutoff=420, resonance=1.6,
              sweep_octaves=3.2, sweep_decay=0.045, drive=1.6),
        Patch("offbeat", "saw", 2, 9, 0.0, body=0.8, attack=0.003, decay=0.22, sustain=0.6, release=0.06, cutoff=700, resonance=1.0,
              sweep_octaves=2.2, sweep_decay=0.11, drive=1.3),
        Patch("acid", "saw", 1, attack=0.002, decay=0.25, sustain=0.6, release=0.03, cutoff=420, resonance=5.5, tracking=0.3,
              sweep_octaves=3.0, sweep_decay=0.13, drive=1.9, glide=0.07, body=0.75),
        Patch("square acid", "square", 1, attack=0.002, decay=0.2, sustain=0.55, release=0.03, cutoff=380, resonance=4.5, tracking=0.3,
              sweep_octaves=2.8, sweep_decay=0.1, drive=1.7, glide=0.06, body=0.8),
        Patch("organ bass", "organ", 1, body=0.8, attack=0.002, decay=0.25, sustain=0.5, release=0.05, cutoff=1500, resonance=0.8,
              sweep_octaves=0.8, sweep_decay=0.08, drive=1.3),
        Patch("finger", "pulse", 1, body=1.0, attack=0.004, decay=0.25, sustain=0.45, release=0.06, cutoff=520, resonance=0.9,
              sweep_octaves=2.3, sweep_decay=0.09, drive=1.3),
        Patch("rubber", fm_ratio=1.0, fm_index=2.2, fm_decay=0.09, body=0.6, attack=0.002, decay=0.3, sustain=0.5, release=0.05,
              cutoff=2600, drive=1.2),
        Patch("wood", fm_ratio=2.0, fm_index=1.3, fm_decay=0.06, body=0.8, attack=0.002, decay=0.35, sustain=0.35, release=0.06,
              cutoff=3000, drive=1.2),
        Patch("rumble", "triangle", 1, body=1.0, air=0.05, attack=0.02, decay=0.2, sustain=0.6, release=0.08, cutoff=330, resonance=0.8,
              drive=2.2),
        Patch("pulse bass", "pulse", 2, 12, 0.2, body=0.9, attack=0.003, decay=0.18, sustain=0.5, release=0.05, cutoff=600, resonance=1.3,
              sweep_octaves=2.4, sweep_decay=0.09, drive=1.5),
        Patch("upright", "soft", 1, body=1.0, air=0.012, attack=0.005, decay=0.38, sustain=0.22, release=0.09, cutoff=520, resonance=0.8,
              sweep_octaves=1.5, sweep_decay=0.06, drive=1.2, glide=0.05),
        Patch("drone bass", "triangle", 2, 5, 0.1, sub=0.4, body=0.8, attack=1.0, decay=2.0, sustain=0.9, release=1.8, cutoff=620,
              wander_octaves=0.7, wander_hz=0.06, drive=1.2),
        Patch("slow sub", "sine", sub=0.4, body=0.5, attack=0.6, decay=1.0, sustain=0.9, release=1.4, drive=1.5),
        Patch("neon bass", "saw", 2, 11, 0.1, body=0.8, attack=0.002, decay=0.18, sustain=0.5, release=0.05, cutoff=620, resonance=1.2,
              sweep_octaves=2.3, sweep_decay=0.1, drive=1.4),
        Patch("motor bass", "square", 2, 8, 0.1, body=0.7, attack=0.002, decay=0.15, sustain=0.45, release=0.04, cutoff=540, resonance=1.4,
              sweep_octaves=2.5, sweep_decay=0.08, drive=1.7),
        Patch("deep dub", "triangle", 1, body=1.0, attack=0.008, decay=0.6, sustain=0.8, release=0.1, cutoff=360, drive=1.5, glide=0.06),
    )
}  # fmt: skip
