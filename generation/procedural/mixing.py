"""The mix: each part played into a bus, brought to its level, through its effects, into the sum and the hall. One bus at a time, so
that the memory of a long track is three times its sound, not eleven times."""

import numpy as np

from dsp.block import CHANNELS, SAMPLE_RATE, Samples
from dsp.loudness import hop_energies, lufs
from generation.backend import Progress
from generation.procedural.automation import loudness, openness
from generation.procedural.buses import play
from generation.procedural.channel import DESK, Channel
from generation.procedural.curve import Curve, Mono
from generation.procedural.effects import add_reverb, apply_gain, ducking, ensemble, ping_pong
from generation.procedural.event import Score
from generation.procedural.filters import LOWPASS, bell, filter_through, highpass, sweep
from generation.procedural.formants import sing
from generation.procedural.part import Part
from generation.procedural.saturation import clip_softly
from generation.procedural.spec import Spec
from generation.procedural.stage import add_scaled

_WINDOW_HOPS = 40
_LOUD_SHARE = 0.8
_ECHO_FEEDBACK = 0.42
_ECHO_DAMPING = 0.35
_MUD_HZ = 340.0
_MUD_DB = -2.5
"""Where the low ends of all voices meet, and how much of it each gives up."""
_HALL_BRIGHTNESS_HZ = 5200.0
_HALL_LEVEL = 0.55


def mix_down(spec: Spec, score: Score, progress: Progress) -> Samples:
    """The whole track, unmastered, float32 [2, spec.frames]."""
    frames = spec.frames
    total, hall, bus = (np.zeros((CHANNELS, frames), np.float32) for _ in range(3))
    duck = ducking(frames, [hit.frame for hit in score.hits[Part.KICK]], spec.style.duck_seconds)
    gain, cutoff = loudness(spec.plan, spec.grid, frames), openness(spec.plan, spec.grid, frames)
    for number, part in enumerate(Part):
        if part in score.notes and not score.notes[part]:
            continue
        progress(0.1 + 0.7 * number / len(Part), part.value)
        bus[:] = 0.0
        play(part, spec, score, bus)
        _through(DESK[part], part, spec, bus, duck, gain, cutoff)
        add_scaled(total, bus, 1.0)
        if DESK[part].hall:
            add_scaled(hall, bus, DESK[part].hall)
    progress(0.8, "hall")
    filter_through(hall, highpass(220.0))
    add_reverb(total, hall, spec.hall_seconds, 1.25, _HALL_BRIGHTNESS_HZ, _HALL_LEVEL)
    return total


def _through(channel: Channel, part: Part, spec: Spec, bus: Samples, duck: Mono, gain: Mono, cutoff: Curve) -> None:
    """One strip of the desk, in place."""
    patch = spec.patches.get(part)
    if patch and patch.vowels:
        sing(bus, patch.vowels, 4.0 * spec.grid.bar_frames / SAMPLE_RATE)
    if channel.highpass_hz:
        filter_through(bus, highpass(channel.highpass_hz))
    wished = channel.level_lufs + spec.style.levels.get(part, 0.0)
    bus *= np.float32(10.0 ** ((wished - loudness_where_playing(bus)) / 20.0))
    if part is Part.BACKBEAT:
        clip_softly(bus, 0.25, 0.45)
    if channel.lowpass:
        sweep(bus, cutoff, 0.75, LOWPASS)
    if channel.ensemble:
        ensemble(bus, 1.0, channel.ensemble)
    if channel.voice:
        filter_through(bus, bell(_MUD_HZ, _MUD_DB, 0.9))
        apply_gain(bus, gain, 1.0)
    if channel.echo:
        ping_pong(bus, round(spec.echo_steps * spec.grid.step_frames), _ECHO_FEEDBACK, channel.echo, _ECHO_DAMPING)
    if channel.duck:
        apply_gain(bus, duck, channel.duck)


def loudness_where_playing(bus: Samples) -> float:
    """LUFS of the louder windows of 0.4 s: how loud a part is where it plays, however rarely it does. -70 for silence."""
    energies = hop_energies(bus)
    windows = energies[: len(energies) // _WINDOW_HOPS * _WINDOW_HOPS].reshape(-1, _WINDOW_HOPS).mean(axis=1)
    playing = windows[windows > windows.max() * 0.01] if windows.size and windows.max() > 0.0 else np.zeros(0)
    return float(lufs(np.asarray(np.quantile(playing, _LOUD_SHARE)))) if playing.size else -70.0
