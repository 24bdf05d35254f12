"""The procedural composer: a backend that needs no model, no GPU and no files. Brief -> Spec -> score -> mix -> master -> Take."""

from itertools import pairwise
from typing import Final

from generation.backend import Progress, unheard
from generation.brief import Brief
from generation.errors import GenerationFailed
from generation.licence import OURS, Licence
from generation.procedural.mastering import master
from generation.procedural.mixing import mix_down
from generation.procedural.plan import Kind
from generation.procedural.plan import Section as Stretch
from generation.procedural.score import write_score
from generation.procedural.spec import Spec, generator, specify
from generation.procedural.titles import name_track
from generation.take import Section, Take

NAME: Final = "procedural"
REVISION: Final = "3"
"""Changes whenever equal briefs would sound different."""


class ProceduralComposer:
    """Makes a track of any brief, the same one each time. No recording, sample or model of anybody else is in what it makes."""

    @property
    def name(self) -> str:
        return NAME

    @property
    def licence(self) -> Licence:
        return OURS

    def close(self) -> None:
        """It holds nothing."""

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
            provenance={"backend": NAME, "revision": REVISION, "seed": str(brief.seed), "style": spec.style.name},
        )


def _sections(spec: Spec) -> tuple[Section, ...]:
    edges = [spec.grid.frame_of(one.first_bar) for one in spec.plan.sections] + [spec.grid.frame_of(spec.plan.bars)]
    return tuple(
        Section(_name(one, spec.style.form.full_name), start, end - start, one.bars)
        for one, (start, end) in zip(spec.plan.sections, pairwise(edges), strict=True)
    )


def _name(section: Stretch, full_name: str) -> str:
    """As the brief calls it, else as the form does."""
    return section.name or section.kind.value.replace(Kind.DROP.value, full_name)
