"""A step's arithmetic by torch's own functions: on any machine, and what triton's kernels are held against.

On a CPU the host knows how far each row is, and only what has been played is read. On a GPU, where a step is recorded once, everything is
read and what has not been played is masked: right, but slower than the kernels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from generation.musicgen.drawing import draw
from generation.musicgen.slots import Slots
from generation.musicgen.tensor import Tensor
from generation.musicgen.weights import Projection, Weights


@dataclass(frozen=True, slots=True, eq=False)
class Now:
    """Where the rows are in this step."""

    places: Tensor
    """int64 [takes]."""
    at: Tensor | int
    """The same of all rows of the cache; one number if all are at one place and the host knows it."""
    reach: int
    """So many columns of the cache are read."""
    mask: Tensor | None
    """bool [rows, 1, 1, reach]."""


class TorchMath:
    """Plain torch."""

    def __init__(self, weights: Weights, slots: Slots, places: Tensor, guidance: float, temperature: float, top_k: int) -> None:
        """`places` is what is added to the embeddings, [columns, width]."""
        from torch.nn import functional

        self._weights = weights
        self._slots = slots
        self._places = places
        self._draw = (temperature, top_k)
        self._guidance = guidance
        self._functional = functional

    def now(self, known: Sequence[int] | None) -> Now:
        """`known`: where each take is, if the host may count on it."""
        import torch

        slots = self._slots
        places = slots.column + slots.before
        if known is not None and min(known) == max(known):
            return Now(places, known[0], known[0] + 1, None)
        reach = slots.cache.columns if known is None else max(known) + 1
        at = places.repeat(slots.branches)
        mask = (torch.arange(reach, device=places.device) <= at[:, None])[:, None, None]
        return Now(places, at, reach, mask)

    def embed(self, now: Now) -> Tensor:
        """The codes of the column that is read: [rows, width]."""

        slots, weights = self._slots, self._weights
        codes = slots.codes.gather(2, slots.column[:, None, None].expand(-1, slots.codes.shape[1], 1))[..., 0]
        heard = self._functional.embedding_bag(codes + slots.table_offsets, weights.table, mode="sum") + self._places[now.places]
        return heard.repeat(slots.branches, 1)

    def project(self, x: Tensor, by: Projection, normed: bool = False, gelu: bool = False) -> Tensor:
        """[..., inputs] to [..., outputs]; a norm before it, GELU after it."""
        functional = self._functional
        if normed:
            x = functional.layer_norm(x, x.shape[-1:], eps=self._weights.epsilon)
        y = functional.linear(x, by.weight, by.bias) if by.scale is None else self._scaled(x, by)
        return functional.gelu(y) if gelu else y

    def add(self, x: Tensor, y: Tensor, by: Projection) -> None:
        """Adds the projection of y to x, in place: [rows, width]."""
        if by.scale is None:
            x.addmm_(y, by.weight.t())
        else:
            x += self._scaled(y, by)

    def attend_own(self, layer: int, asked: Tensor, now: Now) -> Tensor:
        """Keeps this place's keys and values, and looks at all so far: [rows, 3 width] to [rows, width]."""
        slots, shape = self._slots, self._weights.shape
        queries, keys, values = asked.view(slots.rows, 3, shape.heads, shape.head_width).unbind(1)
        slots.cache.write(layer, slice(None) if isinstance(now.at, int) else slots.everyone, now.at, keys, values)
        known, told = slots.cache.read(layer, now.reach)
        heard = self._functional.scaled_dot_product_attention(queries[:, :, None], known, told, attn_mask=now.mask)
        return heard.reshape(slots.rows, shape.width)

    def attend_text(self, layer: int, asked: Tensor, _now: Now) -> Tensor:
        """Looks at the text: [takes, width]."""
        slots, shape = self._slots, self._weights.shape
        assert slots.text is not None
        keys, values = slots.text.read(layer, slots.text.columns)
        queries = asked.view(slots.takes, shape.heads, 1, shape.head_width)
        heard = self._functional.scaled_dot_product_attention(queries, keys, values, attn_mask=slots.text_mask)
        return heard.reshape(slots.takes, shape.width)

    def guide(self, x: Tensor) -> Tensor:
        """The last norm, and guidance: away from what would be played without words; [rows, width] to [takes, width].

        All that follows is linear up to the logits, so this is the guidance of logits for half the work.
        """
        import torch

        normed = self._functional.layer_norm(x, x.shape[-1:], eps=self._weights.epsilon)
        takes = self._slots.takes
        return normed if self._slots.branches == 1 else torch.lerp(normed[takes:], normed[:takes], self._guidance)

    def write(self, logits: Tensor) -> None:
        """Draws the next codes where the table is open, and goes one column on where there is one: [takes, codebooks * vocabulary]."""
        import torch

        slots, shape = self._slots, self._weights.shape
        drawn = draw(logits.view(slots.takes, shape.codebooks, shape.vocabulary).float(), slots.seeds, slots.column, *self._draw)
        following = torch.minimum(slots.column + 1, slots.last)
        place = following[:, None, None].expand(-1, shape.codebooks, 1)
        given = slots.codes.gather(2, place)
        slots.codes.scatter_(2, place, torch.where(given < 0, drawn[..., None], given))
        slots.column.copy_(following)

    def _scaled(self, x: Tensor, by: Projection) -> Tensor:
        assert by.scale is not None
        y = self._functional.linear(x, by.weight.to(x.dtype)) * by.scale.to(x.dtype)
        return y if by.bias is None else y + by.bias
