"""The fixed rows of the engine, and what each of them is at: tensors on the device, so that a step needs no word from the host.

A row is one take. With guidance each take has two rows of keys and values, the one that knows the words and, `takes` rows further on, the
one that does not. A row that has reached its last column stands still; whoever sits there may be replaced at any time.
"""

from dataclasses import dataclass
from typing import Final

from generation.musicgen.cache import Cache, Kind, open_cache
from generation.musicgen.shape import WORDS, Shape
from generation.musicgen.tensor import Device, Dtype, Tensor
from generation.musicgen.weights import offsets, tensor_of

OPEN: Final = -1
"""In the table: the model is to write here."""


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """The state of all rows."""

    takes: int
    branches: int
    """2 with guidance, else 1."""
    codes: Tensor
    """int64 [takes, codebooks, columns]: given codes, no_code, or OPEN."""
    column: Tensor
    """int64 [takes]: the column that is read next; the one after it is written."""
    last: Tensor
    """int64 [takes]: the last column that is written."""
    before: Tensor
    """int64 [takes]: how many places come before the first column (a melody model's conditions)."""
    seeds: Tensor
    """int64 [takes]."""
    words: Tensor
    """int64 [takes]: how long each text is, at least 1."""
    text_mask: Tensor
    """bool [takes, 1, 1, WORDS]: the same, for those who need it so."""
    cache: Cache
    """Of [branches * takes] rows."""
    text: Cache | None
    """Keys and values of the texts, [takes] rows of WORDS columns. Without words there is nothing to look at: that adds nothing."""
    table_offsets: Tensor
    everyone: Tensor
    """int64 [branches * takes]: 0, 1, 2 and so on."""

    @property
    def rows(self) -> int:
        return self.branches * self.takes

    def set_words(self, row: int, words: int) -> None:
        """How long the row's text is."""
        import torch

        self.words[row] = words
        self.text_mask[row] = torch.arange(WORDS, device=self.words.device) < words


def open_slots(shape: Shape, takes: int, branches: int, columns: int, before: int, kind: Kind, dtype: Dtype, device: Device) -> Slots:
    """Empty rows, all standing still. `before`: the most places that any row has before its first column."""
    import torch

    rows = branches * takes
    return Slots(
        takes,
        branches,
        codes=torch.full((takes, shape.codebooks, columns), shape.no_code, dtype=torch.int64, device=device),
        column=torch.zeros(takes, dtype=torch.int64, device=device),
        last=torch.zeros(takes, dtype=torch.int64, device=device),
        before=torch.zeros(takes, dtype=torch.int64, device=device),
        seeds=torch.zeros(takes, dtype=torch.int64, device=device),
        words=torch.ones(takes, dtype=torch.int64, device=device),
        text_mask=(torch.arange(WORDS, device=device) < 1).repeat(takes, 1)[:, None, None],
        cache=open_cache(shape, rows, before + columns, kind, dtype, device),
        text=open_cache(shape, takes, WORDS, "full", dtype, device) if shape.reads_text else None,
        table_offsets=offsets(shape, device),
        everyone=tensor_of(range(rows), device),
    )
