"""The procedural composer: a backend that needs no model, no GPU and no files. Brief -> Spec -> score -> mix -> master -> Take."""

from typing import Final

from generation.backend import Progress, unheard
from generation.brief import Brief
from generation.errors import GenerationFailed
from generation.procedural.mastering import master
from generation.procedural.mixing import mix_down
from generation.procedural.score import write_score
from generation.procedural.spec import Spec, generator, specify
from generation.procedural.titles import name_track
from generation.take import Section, Take

NAME: Final = "procedural"
REVISION: Final = "1"
"""Changes whenever equal briefs would sound different."""
LICENCE: Final = "CC0-1.0"
"""Of what it makes: no recording, sample or model of anybody else is in it."""


class ProceduralComposer:
    """Makes a track of any brief, the same one each time."""

    def make(self, brief: Brief, progress: Progress = unheard) -> Take:
        """Makes the take on the calling thread. Raises GenerationFailed if the machine has not the memory."""
        progress(0.0, "score")
        spec = specify(brief)
        score = write_score(spec)
        try:
            sound = mix_down(spec, score, progress)
            progress(0.9, "master")
            sound = master(sound, spec)
        except MemoryError as error:
            raise GenerationFailed(f"not enough memory for {brief.seconds:.0f} s of sound") from error
        title, artist = name_track(brief.genre, generator(brief, "title"))
        progress(1.0, "done")
        return Take(
            samples=sound,
            brief=brief,
            title=title,
            artist=artist,
            bpm=spec.grid.bpm,
            key=str(spec.key),
            sections=_sections(spec),
            provenance={"backend": NAME, "revision": REVISION, "seed": str(brief.seed), "licence": LICENCE, "style": spec.style.name},
        )


def _sections(spec: Spec) -> tuple[Section, ...]:
    grid = spec.grid
    return tuple(
        Section(one.kind.value, start := grid.frame_of(one.first_bar), grid.frame_of(one.first_bar + one.bars) - start, one.bars)
        for one in spec.plan.sections
    )
