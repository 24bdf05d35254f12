"""Where the studio's takes are kept: the sound as FLAC, its sidecar in the catalogue, what they sounded like, and which number comes next.

The one place that knows both the studio's take and the catalogue's track. The oldest takes that have aired everywhere go first; one
that has not aired is never thrown away.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

from dsp.block import CHANNELS, SAMPLE_RATE, Samples, seconds_of
from dsp.cues import NothingToHear
from generation.critic.likeness import REMEMBERED
from generation.errors import GenerationFailed
from generation.take import Take
from server.atomic_file import write_atomically
from server.catalogue.annotations import annotations_of
from server.catalogue.catalogue import SCORES, Catalogue
from server.catalogue.measurement import Measurement, measure
from server.track import Source, Track
from sonicforge.folders import sound_file
from sonicforge.known_beats import with_known_beats
from sonicforge.sound_writer import SoundWriter
from sonicforge.sounds_like import SoundsLike

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Takes:
    """The takes of one station."""

    station: str
    folder: Path
    catalogue: Catalogue
    counter_file: Path
    vectors_file: Path
    """What the last takes sounded like."""
    keep_count: int
    aired: Callable[[], Collection[str]]
    """Ids of all tracks that the station has aired."""
    wall: Callable[[], float]
    measure: Callable[[Samples], Measurement] = measure

    @property
    def counter(self) -> int:
        """Which take of the station is to be made next."""
        try:
            return int(self.counter_file.read_text())
        except (FileNotFoundError, ValueError):
            return 0

    def count(self, counter: int) -> None:
        """Notes that `counter` comes next. Raises OSError."""
        write_atomically(self.counter_file, f"{counter}\n".encode())

    def keep(self, take: Take) -> None:
        """Writes the take and announces it to the engines. Raises OSError, GenerationFailed if nothing can be heard in it."""
        try:
            measured = self.measure(take.samples)
        except NothingToHear as error:
            raise GenerationFailed(f"nothing in the take could air: {error}") from error
        heard = with_known_beats(measured.heard, take) if measured.heard else None
        path = sound_file(self.folder, take.id)
        track = Track(
            id=take.id,
            title=take.title,
            artist=take.artist,
            source=Source.STUDIO,
            path=str(path),
            frames=measured.frames,
            loudness_lufs=measured.loudness_lufs,
            true_peak_dbtp=measured.true_peak_dbtp,
            cue_in_frames=measured.cues.cue_in_frames,
            start_next_frames=measured.cues.start_next_frames,
            cue_out_frames=measured.cues.cue_out_frames,
            genre=take.brief.genre,
            station=self.station,
            made_at=self.wall(),
            provenance=_provenance(take),
            hearing=heard.hearing if heard else None,
        )
        write_flac(path, take.samples, {**tags_of(take), **annotations_of(track)})
        if heard is not None:
            self.catalogue.remember(take.id, heard)
        self.catalogue.put(track)
        SoundsLike(self.vectors_file, REMEMBERED).note(take.id, take.vector)
        self._throw_away_old()

    def last_vectors(self, but: str) -> list[NDArray[np.float32]]:
        """What the station's last takes sounded like, without the take of that id: made again, it is no copy of itself."""
        return SoundsLike(self.vectors_file, REMEMBERED).vectors(but)

    def buffered_seconds(self) -> float:
        """How long all takes would air together that have not aired and may."""
        aired = self.aired()
        waiting = [track for track in self._tracks() if track.id not in aired and not self.catalogue.is_refused(track)]
        return sum(seconds_of(track.cue_out_frames - track.cue_in_frames) for track in waiting)

    def _tracks(self) -> list[Track]:
        self.catalogue.refresh()
        return [track for track in self.catalogue.tracks(Source.STUDIO).values() if track.station == self.station]

    def _throw_away_old(self) -> None:
        """The oldest aired ones beyond the number to keep, the file after the sidecar, so that no sidecar lacks its file."""
        tracks = sorted(self._tracks(), key=lambda track: track.made_at)
        aired = self.aired()
        for track in [track for track in tracks if track.id in aired][: max(0, len(tracks) - self.keep_count)]:
            self.catalogue.remove(track.id)
            Path(track.path).unlink(missing_ok=True)
            logger.debug("an old take was thrown away", track=track.id, title=track.title)


def tags_of(take: Take) -> dict[str, str]:
    """What its file says of it: names, who made it with what, and under which licence, so that it travels with a copy too."""
    licence, told = take.licence, take.provenance
    made_with = " ".join(filter(None, (told.get("backend", ""), licence.weights)))
    words = (f"Made by SonicForge with {made_with}.", f"Licence: {licence.name}.", licence.attribution)
    tags = {
        "title": take.title,
        "artist": take.artist,
        "genre": take.brief.genre,
        "license": licence.name,
        "copyright": licence.attribution or f"{take.artist}, {licence.name}",
        "comment": " ".join(filter(None, words)),
    }
    return tags | ({"attribution": licence.attribution} if licence.attribution else {})


def _provenance(take: Take) -> dict[str, str]:
    told = {**take.provenance, **take.licence.tags(), "bpm": f"{take.bpm:g}", "key": take.key}
    if take.scores:
        told["score"] = f"{take.scores['score']:.1f}"
        told[SCORES] = " ".join(f"{name}={value:g}" for name, value in take.scores.items())
    return told


def write_flac(path: Path, samples: Samples, tags: dict[str, str]) -> None:
    """Writes float32 [2, frames] at 48 kHz as 16-bit FLAC, whole or not at all. Raises OSError."""
    beside = path.with_suffix(".new")
    with SoundWriter(str(beside), "flac", SAMPLE_RATE, CHANNELS, tags, seed=samples.shape[1]) as writer:
        writer.write(samples)
    beside.replace(path)
