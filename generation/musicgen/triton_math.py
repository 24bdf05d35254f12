"""A step's arithmetic by triton's kernels: a third of the launches, and nothing read twice. TorchMath says what each part does.

Matrix products for more rows than a kernel is good at, and what does not fit its tiles, go to torch (cuBLAS), the norm first.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from generation.musicgen import kernels
from generation.musicgen.cache import TOPS, Cache
from generation.musicgen.drawing import FIRST, SECOND, STEP
from generation.musicgen.slots import Slots
from generation.musicgen.tensor import Device, Tensor
from generation.musicgen.torch_math import Now, TorchMath
from generation.musicgen.weights import Projection, Weights

MOST_ROWS: Final = 32
"""Beyond, cuBLAS is faster, and the norm costs a small part. Of a matrix of bytes cuBLAS makes nothing: there the kernel does more rows."""
_COLUMNS: Final = 16
"""Outputs of a program: few, so that a small matrix too keeps all multiprocessors reading."""
_DEPTHS: Final = {16: 256, 32: 128, 64: 64, 128: 32}
"""Rows of a tile -> inputs of a tile."""
_TILE: Final = 64
"""Places that `attend` reads at a time."""
_MOST_SPLITS: Final = 16
_PROGRAMS: Final = 4
"""As many keep a multiprocessor reading."""


class TritonMath:
    """Kernels on a GPU, or on a CPU in triton's interpreter (TRITON_INTERPRET=1)."""

    def __init__(self, weights: Weights, slots: Slots, places: Tensor, guidance: float, temperature: float, top_k: int) -> None:
        self._weights = weights
        self._slots = slots
        self._places = places
        self._temperature = temperature
        self._top_k = min(top_k, weights.shape.vocabulary)
        self._torch = TorchMath(weights, slots, places, guidance, temperature, top_k)
        self._kernels = compiled()
        self._none = slots.everyone
        """Stands where a kernel has no use for a pointer."""

    def now(self, _known: Sequence[int] | None) -> Now:
        """The kernels look up by themselves where the rows are."""
        slots = self._slots
        return Now(slots.column, slots.column, slots.cache.columns, None)

    def embed(self, _now: Now) -> Tensor:
        slots, weights = self._slots, self._weights
        shape = weights.shape
        x = weights.table.new_empty(slots.rows, shape.width)
        tile = min(512, _power_of_two(shape.width))
        self._kernels["embed"][(slots.takes, -(-shape.width // tile))](
            slots.codes,
            slots.column,
            slots.before,
            weights.table,
            self._places,
            x,
            slots.takes,
            slots.codes.shape[2],
            books=shape.codebooks,
            vocabulary=shape.vocabulary,
            width=shape.width,
            tile=tile,
            branches=slots.branches,
        )
        return x

    def project(self, x: Tensor, by: Projection, normed: bool = False, gelu: bool = False) -> Tensor:
        if not self._fits(x, by):
            return self._torch.project(x, by, normed, gelu)
        y = x.new_empty(x.shape[0], by.weight.shape[0])
        self._launch(x, by, y, normed, gelu, False)
        return y

    def add(self, x: Tensor, y: Tensor, by: Projection) -> None:
        if self._fits(y, by):
            self._launch(y, by, x, False, False, True)
        else:
            self._torch.add(x, y, by)

    def attend_own(self, layer: int, asked: Tensor, _now: Now) -> Tensor:
        slots = self._slots
        return self._attend(slots.cache, layer, asked, slots.column, slots.rows, own=True)

    def attend_text(self, layer: int, asked: Tensor, _now: Now) -> Tensor:
        slots = self._slots
        assert slots.text is not None
        return self._attend(slots.text, layer, asked, slots.words, slots.takes, own=False)

    def guide(self, x: Tensor) -> Tensor:
        return self._torch.guide(x)

    def write(self, logits: Tensor) -> None:
        import torch

        slots, shape = self._slots, self._weights.shape
        self._kernels["pick"][(slots.takes, shape.codebooks)](
            logits,
            slots.codes,
            slots.column,
            slots.last,
            slots.seeds,
            slots.codes.shape[2],
            self._temperature,
            books=shape.codebooks,
            vocabulary=shape.vocabulary,
            top_k=self._top_k,
            first=FIRST,
            second=SECOND,
            step=STEP,
            num_warps=8,
        )
        slots.column.copy_(torch.minimum(slots.column + 1, slots.last))

    def _fits(self, x: Tensor, by: Projection) -> bool:
        outputs, inputs = by.weight.shape
        most = MOST_ROWS if by.scale is None else max(_DEPTHS)
        return bool(x.shape[0] <= most and outputs % _COLUMNS == 0 and inputs % 16 == 0)

    def _launch(self, x: Tensor, by: Projection, y: Tensor, normed: bool, gelu: bool, added: bool) -> None:
        outputs, inputs = by.weight.shape
        rows = max(16, _power_of_two(x.shape[0]))
        depth = _DEPTHS[rows]
        while inputs % depth:
            depth //= 2
        self._kernels["project"][(outputs // _COLUMNS,)](
            x,
            by.weight,
            self._none if by.scale is None else by.scale,
            self._none if by.bias is None else by.bias,
            self._none if by.sums is None else by.sums,
            y,
            x.shape[0],
            outputs,
            self._weights.epsilon,
            inputs=inputs,
            tile=rows,
            wide=_COLUMNS,
            depth=depth,
            normed=normed,
            gelu=gelu,
            added=added,
            scaled=by.scale is not None,
            biased=by.bias is not None,
            num_warps=4,
            num_stages=4,
        )

    def _attend(self, cache: Cache, layer: int, asked: Tensor, lengths: Tensor, rows: int, own: bool) -> Tensor:
        slots, shape = self._slots, self._weights.shape
        heads, width = shape.heads, shape.head_width
        splits = _splits(rows * heads, self._weights.device) if own else 1
        out = asked.new_empty(rows, shape.width)
        found, peaks, sums = out, self._none, self._none
        if splits > 1:
            found, peaks, sums = self._parts(rows * heads, splits)
        self._kernels["attend"][(rows * heads, splits)](
            asked,
            cache.keys[layer],
            cache.values[layer],
            self._none if cache.key_scales is None else cache.key_scales[layer],
            self._none if cache.value_scales is None else cache.value_scales[layer],
            lengths,
            slots.before,
            found,
            peaks,
            sums,
            slots.takes,
            cache.columns,
            asked.shape[1],
            width**-0.5,
            heads=heads,
            width=width,
            tile=_TILE,
            splits=splits,
            own=own,
            top=TOPS.get(cache.kind, 0.0),
            rounded=cache.kind == "int8",
            num_warps=4,
            num_stages=3,
        )
        if splits > 1:
            self._kernels["combine"][(rows * heads,)](found, peaks, sums, out, width=width, splits=splits, num_warps=1)
        return out

    def _parts(self, programs: int, splits: int) -> tuple[Tensor, Tensor, Tensor]:
        import torch

        sizes = ((programs, splits, self._weights.shape.head_width), (programs, splits), (programs, splits))
        found, peaks, sums = (torch.empty(size, dtype=torch.float32, device=self._weights.device) for size in sizes)
        return found, peaks, sums


@cache
def compiled() -> dict[str, Any]:
    """The kernels by name; each is compiled when it is first launched. Raises ImportError without triton."""
    import triton
    import triton.language

    known = {"tl": triton.language, "constexpr": triton.language.constexpr, "tensor": triton.language.tensor}
    known |= {within.__name__: triton.jit(within) for within in (kernels.looked_up, kernels.kept, kernels.mixed)}
    for name, what in known.items():
        setattr(kernels, name, what)
    sources = (kernels.embed, kernels.project, kernels.attend, kernels.combine, kernels.pick)
    return {source.__name__: triton.jit(source) for source in sources}


def _splits(programs: int, device: Device) -> int:
    """Among how many programs the places of a row are split: a power of two. In the interpreter two, to prove that it can be done."""
    import torch

    if device.type != "cuda":
        return 2
    wanted = _PROGRAMS * torch.cuda.get_device_properties(device).multi_processor_count
    splits = 1
    while splits < _MOST_SPLITS and programs * splits < wanted:
        splits *= 2
    return splits


def _power_of_two(number: int) -> int:
    """The next one that is no smaller."""
    return 1 << (number - 1).bit_length()
