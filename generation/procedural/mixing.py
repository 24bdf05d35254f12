"""The mix: each part played into a bus, brought to its level, through its effects, into the sum and the hall. One bus at a time, so
that the memory of a long track is little more than twice its sound, not eleven times."""

import numpy as np

from dsp.block import CHANNELS, SAMPLE_RATE, Samples
from dsp.loudness import SILENCE_LUFS, hop_energies, lufs
from generation.backend import Progress
from generation.procedural.automation import loudness, openness, tide
from generation.procedural.buses import play
from generation.procedural.channel import DESK, Channel
from generation.procedural.cloud import add_cloud
from generation.procedural.curve import Curve
from generation.procedural.effects import apply_gain, ducking, ensemble, ping_pong
from generation.procedural.event import Score
from generation.procedural.filters import LOWPASS, bell, filter_through, highpass, sweep
from generation.procedural.formants import sing
from generation.procedural.hall import add_hall, empty_send, send_to
from generation.procedural.part import Part
from generation.procedural.saturation import clip_softly
from generation.procedural.spec import Spec, generator
from generation.procedural.stage import add_scaled
from generation.procedural.tape import record

_WINDOW_HOPS = 40
_LOUD_SHARE = 0.8
_MUD_HZ = 340.0
_MUD_DB = -2.5
"""Where the low ends of all voices meet, and how much of it each gives up."""
_ORDER = (Part.TEXTURE, Part.TRANSITIONS, *(part for part in reversed(Part) if part not in (Part.TEXTURE, Part.TRANSITIONS)))
"""Those that need memory of their own come first, while the sums are still empty pages."""


def mix_down(spec: Spec, score: Score, progress: Progress) -> Samples:
    """The whole track, unmastered, float32 [2, spec.frames]."""
    frames = spec.frames
    total, bus = (np.zeros((CHANNELS, frames), np.float32) for _ in range(2))
    hall = empty_send(frames)
    duck = ducking(frames, [hit.frame for hit in score.hits[Part.KICK]], spec.style.duck_seconds)
    form = spec.style.form
    gain = loudness(spec.plan, spec.grid, frames)
    cutoff = openness(spec.plan, spec.grid, frames, form.openness, form.breath_octaves)
    desk = DESK | dict(spec.style.desk)
    finish = spec.style.finish
    for number, part in enumerate(_ORDER):
        if not _plays(part, score):
            continue
        progress(0.1 + 0.7 * number / len(Part), part.value)
        bus[:] = 0.0
        play(part, spec, score, bus)
        _through(desk[part], part, spec, bus, duck, gain, cutoff)
        add_scaled(total, bus, 1.0)
        if desk[part].hall:
            send_to(hall, bus, desk[part].hall)
        if part is Part.PAD and finish.cloud:
            add_cloud(total, hall, bus, finish.cloud, generator(spec.brief, "cloud"))
    progress(0.8, "hall")
    add_hall(total, hall, bus, spec.hall_seconds, finish.hall_size, finish.hall_hz, finish.hall_level, finish.shimmer)
    if finish.tape:
        record(total, finish.tape, generator(spec.brief, "tape"))
    return total


def _plays(part: Part, score: Score) -> bool:
    """Whether there is anything of it."""
    if part is Part.TEXTURE:
        return True
    return bool(score.sweeps if part is Part.TRANSITIONS else score.notes[part] if part in score.notes else score.hits[part])


def _through(channel: Channel, part: Part, spec: Spec, bus: Samples, duck: Curve, gain: Curve, cutoff: Curve) -> None:
    """One strip of the desk, in place."""
    patch, finish = spec.patches.get(part), spec.style.finish
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
    if part in spec.style.form.tides_db:
        apply_gain(bus, tide(bus.shape[1], spec.style.form.tides_db[part], generator(spec.brief, part)), 1.0)
    if channel.echo:
        ping_pong(bus, round(spec.echo_steps * spec.grid.step_frames), finish.echo_feedback, channel.echo, finish.echo_damping)
    if channel.duck:
        apply_gain(bus, duck, channel.duck)


def loudness_where_playing(bus: Samples) -> float:
    """LUFS of the louder windows of 0.4 s: how loud a part is where it plays, however rarely it does; at least -70."""
    energies = hop_energies(bus)
    windows = energies[: len(energies) // _WINDOW_HOPS * _WINDOW_HOPS].reshape(-1, _WINDOW_HOPS).mean(axis=1)
    playing = windows[windows > windows.max() * 0.01] if windows.size and windows.max() > 0.0 else np.zeros(0)
    return max(SILENCE_LUFS, float(lufs(np.asarray(np.quantile(playing, _LOUD_SHARE))))) if playing.size else SILENCE_LUFS
