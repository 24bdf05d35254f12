"""What one row of the engine is to play: the words, what is there already, and how much more."""

from dataclasses import dataclass

from generation.musicgen.shape import Shape
from generation.musicgen.tensor import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One pass over one window of a take."""

    frames: int
    """Of the window, with what is given."""
    seed: int
    """0 to 2^63-1."""
    text: Tensor | None = None
    """[words, width], projected to the decoder's width; at most WORDS words."""
    before: Tensor | None = None
    """[2, places, width]: what a melody model has before its first column, with its conditions and without."""
    given: Tensor | None = None
    """int64 [codebooks, frames given]: codes that are there already."""
    padded: bool = False
    """End as transformers does: a codebook that has all its frames is silent while the others catch up. It makes the last frames noisy."""

    @property
    def given_frames(self) -> int:
        return 0 if self.given is None else int(self.given.shape[1])

    @property
    def places_before(self) -> int:
        return 0 if self.before is None else int(self.before.shape[1])


def written(part: Part, shape: Shape, columns: int, open_mark: int) -> Tensor:
    """The table that the row begins with, int64 [codebooks, columns]."""
    import torch

    codes = torch.full((shape.codebooks, columns), shape.no_code, dtype=torch.int64)
    last = shape.columns(part.frames)
    for book, delay in enumerate(shape.delays):
        first = 1 + delay
        codes[book, first : first + part.frames if part.padded else last] = open_mark
        if part.given is not None:
            codes[book, first : first + part.given_frames] = part.given[book]
    return codes


def read_back(codes: Tensor, shape: Shape, first: int, last: int) -> Tensor:
    """Frames `first` to `last` of such a table, int64 [codebooks, frames]."""
    import torch

    return torch.stack([codes[book, 1 + delay + first : 1 + delay + last] for book, delay in enumerate(shape.delays)])
