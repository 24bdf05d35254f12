"""What Liquidsoap's autocue and its users write into tags about airing a track: read as numbers, and written as they do.

Owns the units and what is believed. Places in the sound (cue in, cue out, start next) are the operator's will and are obeyed
where they make sense. How loud a track is, tags only claim: it is measured here, so `liq_amplify` and ReplayGain are told and not obeyed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Final

from dsp.block import frames_of, seconds_of
from dsp.hearing import Cues
from server.intake.tags import ANNOTATED_GAINS, ANNOTATED_PLACES
from server.track import Track

REFERENCE_LUFS: Final = -18.0
"""To what `liq_amplify` and ReplayGain 2.0 bring a track."""
_NUMBER: Final = re.compile(r"\s*([+-]?\d+(?:\.\d*)?)\s*(?:s|dB)?\s*", re.IGNORECASE)
_Q7_8: Final = 256.0
"""RFC 7845 writes `R128_TRACK_GAIN` as 1/256 dB, relative to -23 LUFS."""


@dataclass(frozen=True, slots=True)
class Annotations:
    """What stands in the tags; None where nothing does that can be read."""

    cue_in_seconds: float | None = None
    cue_out_seconds: float | None = None
    start_next_seconds: float | None = None
    cross_seconds: float | None = None
    """How long this track and the next one sound together: another way to say where the next one starts."""
    gain_db: float | None = None
    """To -18 LUFS."""

    @property
    def places(self) -> bool:
        """Whether any place is named."""
        return any(value is not None for value in (self.cue_in_seconds, self.cue_out_seconds, self.start_next_seconds, self.cross_seconds))


def read(tags: Mapping[str, str]) -> Annotations:
    """From tags whose names are in small letters."""
    cue_in, cue_out, start_next, cross = (_number(tags.get(name, "")) for name in ANNOTATED_PLACES)
    amplify, replay_gain, r128 = (_number(tags.get(name, "")) for name in ANNOTATED_GAINS)
    from_r128 = None if r128 is None else r128 / _Q7_8 + 5.0
    gains = [gain for gain in (amplify, replay_gain, from_r128) if gain is not None]
    return Annotations(cue_in, cue_out, start_next, cross, gains[0] if gains else None)


def obeyed(cues: Cues, said: Annotations, frames: int) -> Cues:
    """`cues` as the annotations have them, for a track of `frames`. What makes no sense there is passed over."""
    cue_in, cue_out = _place(said.cue_in_seconds, frames), _place(said.cue_out_seconds, frames)
    cue_in = cues.cue_in_frames if cue_in is None else cue_in
    cue_out = cues.cue_out_frames if cue_out is None or cue_out == 0 else cue_out
    if cue_in >= cue_out:
        return cues
    start_next = _place(said.start_next_seconds, frames)
    if start_next is None and said.cross_seconds is not None:
        start_next = cue_out - frames_of(said.cross_seconds)
    if start_next is None or not cue_in < start_next <= cue_out:
        start_next = min(max(cues.start_next_frames, cue_in + 1), cue_out)
    return Cues(cue_in, start_next, cue_out)


def annotations_of(track: Track) -> dict[str, str]:
    """What others may read of a track, by name: for the tags of a file, and for `annotate:`."""
    gain_db = REFERENCE_LUFS - track.loudness_lufs
    told = {
        "liq_cue_in": f"{seconds_of(track.cue_in_frames):.3f}",
        "liq_cue_out": f"{seconds_of(track.cue_out_frames):.3f}",
        "liq_cue_duration": f"{seconds_of(track.cue_out_frames - track.cue_in_frames):.3f}",
        "liq_cross_start_next": f"{seconds_of(track.start_next_frames):.3f}",
        "liq_cross_duration": f"{seconds_of(track.cue_out_frames - track.start_next_frames):.3f}",
        "liq_amplify": f"{gain_db:.2f} dB",
        "liq_loudness": f"{track.loudness_lufs:.2f} LUFS",
        "liq_reference_loudness": f"{REFERENCE_LUFS:.2f} LUFS",
        "liq_true_peak_db": f"{track.true_peak_dbtp:.2f} dBFS",
        "replaygain_track_gain": f"{gain_db:.2f} dB",
        "replaygain_track_peak": f"{10.0 ** (track.true_peak_dbtp / 20.0):.6f}",
        "replaygain_reference_loudness": f"{REFERENCE_LUFS:.2f} LUFS",
    }
    if track.hearing is not None:
        told["liq_loudness_range"] = f"{track.hearing.loudness.range_lu:.2f} LU"
        if track.hearing.tempo.bpm > 0:
            told["bpm"] = f"{track.hearing.tempo.bpm:.2f}"
        told["initial_key"] = track.hearing.key.camelot
    return told


def annotate_line(track: Track) -> str:
    """The track as a request of Liquidsoap: `annotate:name="value",...:/path`."""
    named = {"title": track.title, "artist": track.artist, "album": track.album, "genre": track.genre}
    told = {**{name: value for name, value in named.items() if value}, **annotations_of(track)}
    return f"annotate:{','.join(f'{name}={_quoted(value)}' for name, value in told.items())}:{track.path}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _number(text: str) -> float | None:
    match = _NUMBER.fullmatch(text)
    number = float(match[1]) if match else None
    return number if number is not None and isfinite(number) else None


def _place(seconds: float | None, frames: int) -> int | None:
    if seconds is None or not 0.0 <= seconds <= seconds_of(frames) + 0.05:
        return None
    return min(frames_of(seconds), frames)
