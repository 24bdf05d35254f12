"""`sonicforge render`: makes takes of briefs without a station, as files, with a page to hear them beside one another."""

import hashlib
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from dsp.loudness import measure_loudness
from dsp.true_peak import true_peak_dbtp
from generation.brief import GENRES, Brief, parse_passages
from generation.critic.critic import judge
from generation.errors import GenerationFailed, InvalidBrief
from generation.procedural.composer import ProceduralComposer
from generation.take import Take
from sonicforge import __version__
from sonicforge.listening_page import Heard, page
from sonicforge.listening_pictures import spectrogram_of, waveform_of
from sonicforge.takes import write_flac

PAGE: Final = "index.html"


class WrittenBrief(msgspec.Struct, forbid_unknown_fields=True):
    """A brief as a file holds it; a file holds one or a list of them."""

    genre: str
    seed: int = 1
    seconds: float = 180.0
    bpm: float | None = None
    key: str | None = None
    mood: str = ""
    sections: str = ""
    """Like "intro 8, drop 16, break, drop 16, outro 8"."""
    words: str = ""

    def brief(self) -> Brief:
        """Raises InvalidBrief."""
        return Brief(self.genre, self.seed, self.seconds, self.bpm, self.key, self.mood, parse_passages(self.sections), self.words)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for."""

    genres: Sequence[str]
    """None stands for all, unless there is a file."""
    file: Path | None
    takes: int
    """Of each genre, with seeds that follow one another."""
    template: WrittenBrief
    """All the rest, and the first seed."""

    def briefs(self) -> list[Brief]:
        """Raises InvalidBrief if one of them cannot be made, OSError if the file cannot be read."""
        found = [one.brief() for one in _read(self.file)] if self.file else []
        for genre in self.genres or (() if self.file else GENRES):
            seeds = range(self.template.seed, self.template.seed + self.takes)
            found += [msgspec.structs.replace(self.template, genre=genre, seed=seed).brief() for seed in seeds]
        return found


def run(wish: Wish, folder: Path) -> int:
    """Writes the takes and the page into `folder`; 0 if the critic accepts all, 1 if not, 2 where nothing can be made.

    The page is there from the first take on.
    """
    try:
        briefs = wish.briefs()
        folder.mkdir(parents=True, exist_ok=True)
    except (InvalidBrief, OSError) as error:
        print(f"sonicforge: {error}", file=sys.stderr)
        return 2
    heard: list[Heard] = []
    try:
        for number, brief in enumerate(briefs, 1):
            heard.append(_render(brief, folder, number))
            (folder / PAGE).write_text(page(heard, __version__, len(briefs)), encoding="utf-8")
            print(f"{number}/{len(briefs)}  {_line(heard[-1])}", flush=True)
    except (GenerationFailed, OSError) as error:
        print(f"sonicforge: take {len(heard) + 1} of {len(briefs)}: {error}", file=sys.stderr)
        return 2
    finally:
        _close(folder, heard)
    print(f"Listen: {(folder / PAGE).resolve().as_uri()}")
    return 1 if any(one.refused for one in heard) else 0


def _close(folder: Path, heard: list[Heard]) -> None:
    """The page of what there is: it waits for nothing more, however the work ended."""
    if heard:
        with suppress(OSError):
            (folder / PAGE).write_text(page(heard, __version__), encoding="utf-8")


def _read(file: Path) -> list[WrittenBrief]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[WrittenBrief])
    except msgspec.DecodeError as error:
        raise InvalidBrief(f'{file}: {error}; it holds a list, like [{{"genre": "house", "seconds": 180}}]') from error


def _render(brief: Brief, folder: Path, number: int) -> Heard:
    """Makes one take, writes it and measures it."""
    started = time.process_time()
    take = ProceduralComposer().make(brief)
    cpu_seconds = time.process_time() - started
    name = f"{number:02d}-{_slug(brief.genre)}-{brief.seed}.flac"
    write_flac(folder / name, take.samples, {"title": take.title, "artist": take.artist, "genre": brief.genre})
    return heard_of(take, name, cpu_seconds)


def heard_of(take: Take, file: str, cpu_seconds: float) -> Heard:
    """What the page shows of a take."""
    verdict, loudness = judge(take), measure_loudness(take.samples)
    revision = take.provenance.get("revision", "")
    return Heard(
        title=take.title,
        artist=take.artist,
        file=file,
        genre=take.brief.genre,
        style=take.provenance.get("style", ""),
        seconds=take.seconds,
        sections=tuple((one.name, one.start_frame / take.samples.shape[1]) for one in take.sections),
        waveform=waveform_of(take.samples),
        spectrogram=spectrogram_of(take.samples),
        refused="; ".join(verdict.reasons),
        score=verdict.score,
        parts=verdict.parts,
        chief={
            "BPM": f"{take.bpm:g}",
            "key": take.key,
            "s": f"{take.seconds:.0f}",
            "seed": str(take.brief.seed),
            "times real time": f"{take.seconds / max(cpu_seconds, 1e-3):.0f}",
        },
        facts={
            "loudness": f"{loudness.integrated_lufs:.1f} LUFS, range {loudness.range_lu:.1f} LU",
            "true peak": f"{true_peak_dbtp(take.samples):.1f} dBTP",
            "correlation of the sides": f"{verdict.measures.get('correlation', 0.0):.2f}",
            "flatness": f"{verdict.measures.get('flatness', 0.0):.3f}",
            "pulse clarity": f"{verdict.measures.get('pulse_clarity', 0.0):.2f}",
            "made in": f"{cpu_seconds:.1f} s of CPU",
            "made by": f"{take.provenance['backend']}, revision {revision}" if revision else take.provenance["backend"],
            "licence": take.licence.name,
            "brief": take.id,
            "samples, SHA-256": hashlib.sha256(take.samples.tobytes()).hexdigest()[:16],
        },
    )


def _slug(genre: str) -> str:
    return "-".join("".join(letter if letter.isalnum() else " " for letter in genre).split())


def _line(heard: Heard) -> str:
    chief = heard.chief
    told = f"{heard.file}: {heard.title} by {heard.artist} ({heard.style}), {chief['BPM']} BPM, {chief['key']}, {chief['s']} s"
    told = f"{told}, {chief['times real time']} times real time, score {heard.score:.0f}"
    return f"{told}; REFUSED: {heard.refused}" if heard.refused else told
