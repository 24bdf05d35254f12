"""`sonicforge sing`: MusicGen without a station, heard while it plays: by words, on from an opening, along a melody."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dsp.block import Samples, seconds_of
from generation.errors import BackendAway
from generation.house_sound import from_house_sound
from sonicforge.config import InvalidConfiguration, Settings, load
from sonicforge.one_file import Unheard, hear
from sonicforge.sound_writer import Form, SoundWriter
from sonicforge.wiring.studio import open_musicgen

if TYPE_CHECKING:
    from generation.musicgen.backend import MusicGen, Timbre
    from generation.musicgen.performance import Prompt

STANDARD_OUTPUT: Final = "-"
_PIPE: Final = "pipe:1"
_FORMS: Final[dict[str, Form]] = {".wav": "wav", ".flac": "flac"}
_CALLED_OFF: Final = 130


class Unsuitable(Exception):
    """What was given does not go with what is wished."""


@dataclass(frozen=True, slots=True)
class Song:
    """What the command line asks for."""

    words: str
    seconds: float
    seed: int
    opening: Path | None
    """What it begins with."""
    melody: Path | None
    """Whose tune it follows."""
    model: str
    """A folder or a name; empty: as the configuration has it."""
    out: str
    """A file that ends with .wav or .flac, or STANDARD_OUTPUT: WAV."""

    def form(self) -> Form:
        """What is written. Raises Unsuitable where it cannot be."""
        if self.out == STANDARD_OUTPUT:
            return "wav"
        form, folder = _FORMS.get(Path(self.out).suffix.lower()), Path(self.out).parent
        if form is None:
            raise Unsuitable(f"--out {self.out}: its name must end with .wav or .flac; - is standard output")
        if not folder.is_dir():
            raise Unsuitable(f"--out {self.out}: there is no folder {folder}")
        return form


def run(song: Song, config: Path | None) -> int:
    """Writes the sound as it comes; 1 and a line on standard error if it cannot be. What was written before that stays, and plays."""
    settings = load(config)
    try:
        singer = open_musicgen(settings, song.model)
    except ValueError as error:
        raise InvalidConfiguration(f"studio.musicgen: {error}") from None
    try:
        seconds = _write(song, singer, settings)
    except BrokenPipeError:
        print("sonicforge: whoever listened has gone", file=sys.stderr)
        return 1
    except (BackendAway, Unheard, Unsuitable, OSError) as error:
        print(f"sonicforge: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("sonicforge: called off; what was made so far is kept", file=sys.stderr)
        return _CALLED_OFF
    licence = singer.licence
    print(f"{seconds:.0f} s. {licence.name}: nobody may be paid for it; it is to be named {licence.attribution}.", file=sys.stderr)
    return 0


def _write(song: Song, singer: "MusicGen", settings: Settings) -> float:
    """How many seconds were written."""
    form, sounds = song.form(), _sounds(song, settings)
    timbre = singer.timbre()
    prompt = _prompt(song, sounds, timbre)
    target = _PIPE if song.out == STANDARD_OUTPUT else song.out
    frames = 0
    with SoundWriter(target, form, timbre.rate, timbre.channels, _tags(song, singer), song.seed) as writer:
        for piece in singer.sing([prompt], _teller()):
            writer.write(piece.sound)
            frames += piece.sound.shape[1]
    return frames / timbre.rate


def _sounds(song: Song, settings: Settings) -> tuple[Samples | None, Samples | None]:
    """Opening and melody, heard before the model is loaded, which takes longer. Raises Unheard, Unsuitable."""
    opening, melody = (None if file is None else hear(file, settings)[0] for file in (song.opening, song.melody))
    if opening is not None and seconds_of(opening.shape[1]) > song.seconds - 1.0:
        raise Unsuitable(f"the opening lasts {seconds_of(opening.shape[1]):.1f} s and counts as part of the {song.seconds:g} s asked for")
    return opening, melody


def _prompt(song: Song, sounds: tuple[Samples | None, Samples | None], timbre: "Timbre") -> "Prompt":
    """Raises Unsuitable."""
    from generation.musicgen.performance import Prompt
    from generation.musicgen.shape import FRAMES_A_SECOND

    if sounds[1] is not None and not timbre.hears_melodies:
        raise Unsuitable("this model hears no melody: take one that does, like --model facebook/musicgen-stereo-melody")
    opening, melody = (None if sound is None else from_house_sound(sound, timbre.rate) for sound in sounds)
    return Prompt(song.words, round(song.seconds * FRAMES_A_SECOND), song.seed, opening, melody)


def _tags(song: Song, singer: "MusicGen") -> dict[str, str]:
    licence = singer.licence
    told = f"Made by SonicForge with {singer.name} {licence.weights}, seed {song.seed}. Licence: {licence.name}."
    return {"title": song.words, "license": licence.name, "copyright": licence.attribution, "comment": told}


def _teller() -> Callable[[float, str], None]:
    """One line that is written over on a terminal, a line each where it is kept; each is told once."""
    told = ""

    def tell(share: float, doing: str) -> None:
        nonlocal told
        if doing != told:
            told = doing
            print(f"{100 * share:3.0f} %  {doing}", end="\r" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)

    return tell
