"""Keys and values of what has been played: static memory for each row and layer, as numbers of the model's kind or of a byte each.

A byte is scaled for each position and head, so that a loud one does not coarsen the others. What comes out is what went in, to within half
a step of 127 (int8) or of the three bits that fp8 has for a mantissa.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from generation.musicgen.shape import Shape
from generation.musicgen.tensor import Device, Dtype, Tensor

Kind: TypeAlias = Literal["full", "int8", "fp8"]
TOPS: Final = {"int8": 127.0, "fp8": 448.0}
"""The greatest number of each kind (fp8: e4m3)."""
LEAST: Final = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Cache:
    """Tensors [layers, rows, heads, columns, head width]; scales float32 [layers, rows, heads, columns] where a byte is kept."""

    keys: Tensor
    values: Tensor
    key_scales: Tensor | None
    value_scales: Tensor | None
    kind: Kind
    dtype: Dtype

    @property
    def columns(self) -> int:
        return int(self.keys.shape[3])

    def write(self, layer: int, rows: Tensor, at: Tensor | slice | int, keys: Tensor, values: Tensor) -> None:
        """Keeps them for these rows (indices), at one place each: `at` is int64 [rows] and they are [rows, heads, width]; or at a slice or
        at one place of all, and they are [rows, heads, columns, width] or [rows, heads, width]."""
        for kept, scales, new in ((self.keys[layer], self.key_scales, keys), (self.values[layer], self.value_scales, values)):
            if scales is not None:
                new, scale = packed(new, self.kind)
                scales[layer][rows, :, at] = scale
            kept[rows, :, at] = new

    def read(self, layer: int, reach: int) -> tuple[Tensor, Tensor]:
        """The first `reach` columns of all rows, in the model's kind: views, or made anew where a byte is kept."""
        keys, values = self.keys[layer][:, :, :reach], self.values[layer][:, :, :reach]
        if self.key_scales is None or self.value_scales is None:
            return keys, values
        return (
            (keys.float() * self.key_scales[layer][:, :, :reach, None]).to(self.dtype),
            (values.float() * self.value_scales[layer][:, :, :reach, None]).to(self.dtype),
        )


def open_cache(shape: Shape, rows: int, columns: int, kind: Kind, dtype: Dtype, device: Device) -> Cache:
    """Empty. Raises torch.OutOfMemoryError."""
    import torch

    kept = {"full": dtype, "int8": torch.int8, "fp8": torch.float8_e4m3fn}[kind]
    sizes = (shape.layers, rows, shape.heads, columns)
    keys, values = (torch.zeros(*sizes, shape.head_width, dtype=kept, device=device) for _ in range(2))
    if kind == "full":
        return Cache(keys, values, None, None, kind, dtype)
    scales = [torch.zeros(sizes, dtype=torch.float32, device=device) for _ in range(2)]
    return Cache(keys, values, scales[0], scales[1], kind, dtype)


def packed(numbers: Tensor, kind: Kind) -> tuple[Tensor, Tensor]:
    """Bytes, and the float32 scale of each last dimension."""
    import torch

    exact = numbers.float()
    scale = exact.abs().amax(dim=-1).clamp_min(LEAST) / TOPS[kind]
    scaled = exact / scale[..., None]
    return ((scaled + 0.5).floor().to(torch.int8) if kind == "int8" else scaled.to(torch.float8_e4m3fn)), scale
