"""The decode engine: fixed rows, one step for all of them at once, and no word from the host within a step.

A step reads one column of every row's table of codes and writes the next: embeddings, layers, heads, guidance, draw. All it needs stands in
tensors on the device, so that on a GPU the whole step is recorded once as a CUDA graph and then played back. Rows begin and end one by one:
`seat` puts a part on a row while the others play on. What it is given (an opening, the end of the window before) is read in one pass.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from generation.musicgen.cache import Kind
from generation.musicgen.part import Part, read_back, written
from generation.musicgen.slots import OPEN, Slots, open_slots
from generation.musicgen.tensor import Tensor
from generation.musicgen.torch_math import Now, TorchMath
from generation.musicgen.weights import Projection, Weights, places, tensor_of

_REHEARSALS: Final = 3
"""Steps before one is recorded: what libraries set up at their first use must not be recorded."""


class StepMath(Protocol):
    """The arithmetic of one step: TorchMath says what each does. TritonMath is the other one."""

    def now(self, known: Sequence[int] | None) -> Now: ...
    def embed(self, now: Now) -> Tensor: ...
    def project(self, x: Tensor, by: Projection, normed: bool = False, gelu: bool = False) -> Tensor: ...
    def add(self, x: Tensor, y: Tensor, by: Projection) -> None: ...
    def attend_own(self, layer: int, asked: Tensor, now: Now) -> Tensor: ...
    def attend_text(self, layer: int, asked: Tensor, now: Now) -> Tensor: ...
    def guide(self, x: Tensor) -> Tensor: ...
    def write(self, logits: Tensor) -> None: ...


class Engine:
    """Plays parts. Used by one thread."""

    def __init__(
        self,
        weights: Weights,
        takes: int,
        frames: int,
        before: int = 0,
        guidance: float = 3.0,
        temperature: float = 1.0,
        top_k: int = 250,
        cache: Kind = "full",
        kernels: bool = False,
        graph: bool = False,
    ) -> None:
        """`takes` rows for windows of up to `frames`, up to `before` places before them. `kernels`: triton's; `graph`: record the step.

        `top_k` 1 is greedy. Raises torch.OutOfMemoryError.
        """
        shape = weights.shape
        self.weights = weights
        self.takes = takes
        self.frames = frames
        branches = 2 if guidance > 1.0 else 1
        self.slots: Slots = open_slots(shape, takes, branches, shape.columns(frames), before, cache, weights.dtype, weights.device)
        self._places = places(before + shape.columns(frames), shape.width, weights.dtype, weights.device)
        self._torch = TorchMath(weights, self.slots, self._places, guidance, temperature, top_k)
        self._math: StepMath = self._torch
        if kernels:
            from generation.musicgen.triton_math import TritonMath

            self._math = TritonMath(weights, self.slots, self._places, guidance, temperature, top_k)
        self._column = [0] * takes
        self._last = [0] * takes
        self._before = [0] * takes
        self._host_knows = weights.device.type == "cpu" and not kernels
        self._graph: Any = self._recorded() if graph else None

    def seat(self, parts: Mapping[int, Part]) -> None:
        """Puts each part on its row, whatever was there. Parts of one length so far are read in one pass."""
        import torch

        slots, shape = self.slots, self.weights.shape
        with torch.inference_mode():
            alike: dict[tuple[int, int], list[int]] = {}
            for row, part in parts.items():
                columns = written(part, shape, slots.codes.shape[2], OPEN)
                slots.codes[row] = columns.to(slots.codes.device)
                self._column[row], self._last[row] = part.given_frames, shape.columns(part.frames) - 1
                self._before[row] = part.places_before
                slots.seeds[row] = part.seed
                if slots.text is not None:
                    self._read_text(row, part.text)
                alike.setdefault((part.places_before, part.given_frames), []).append(row)
            rows = list(parts)
            at = tensor_of(rows, self.weights.device)
            for kept, known in ((slots.column, self._column), (slots.last, self._last), (slots.before, self._before)):
                kept[at] = tensor_of([known[row] for row in rows], self.weights.device)
            for lengths, those in alike.items():
                if any(lengths):
                    self._read_given(those, [parts[row] for row in those])

    def step(self) -> None:
        """One column further on every row that has one left."""
        import torch

        if self._graph is not None:
            self._graph.replay()
        else:
            with torch.inference_mode():
                self._step()
        self._column = [min(column + 1, last) for column, last in zip(self._column, self._last, strict=True)]

    def ready(self, row: int) -> int:
        """How many frames of the row's window have all their codes."""
        return max(0, self._column[row] - self.weights.shape.longest_delay)

    def steps_left(self, row: int) -> int:
        """Until the row stands still."""
        return self._last[row] - self._column[row]

    def codes(self, row: int, first: int, last: int) -> Tensor:
        """Frames `first` to `last` of the row's window, int64 [codebooks, frames] on the host. Waits for the device."""
        return read_back(self.slots.codes[row].cpu(), self.weights.shape, first, last)

    def heads(self) -> Tensor:
        """What the heads say of the column that is read next: [takes, codebooks * vocabulary]. Nothing moves on."""
        import torch

        with torch.inference_mode():
            return self._heads()

    def _step(self) -> None:
        self._math.write(self._heads())

    def _heads(self) -> Tensor:
        math, slots, weights = self._math, self.slots, self.weights
        known = [column + before for column, before in zip(self._column, self._before, strict=True)] if self._host_knows else None
        now = math.now(known)
        x = math.embed(now)
        for number, layer in enumerate(weights.layers):
            math.add(x, math.attend_own(number, math.project(x, layer.own, normed=True), now), layer.own_out)
            if layer.ask is not None and layer.told_out is not None:
                worded = x[: slots.takes]
                math.add(worded, math.attend_text(number, math.project(worded, layer.ask, normed=True), now), layer.told_out)
            math.add(x, math.project(x, layer.up, normed=True, gelu=True), layer.down)
        return math.project(math.guide(x), weights.heads)

    def _recorded(self) -> Any:
        """The step as a CUDA graph. All rows stand still meanwhile."""
        import torch

        aside = torch.cuda.Stream(self.weights.device)
        aside.wait_stream(torch.cuda.current_stream(self.weights.device))
        with torch.inference_mode(), torch.cuda.stream(aside):
            for _ in range(_REHEARSALS):
                self._step()
        torch.cuda.current_stream(self.weights.device).wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.inference_mode(), torch.cuda.graph(graph):
            self._step()
        return graph

    def _read_text(self, row: int, text: Tensor | None) -> None:
        """Keys and values of a text, once for all steps."""
        slots, shape = self.slots, self.weights.shape
        assert slots.text is not None
        words = 1 if text is None else min(int(text.shape[0]), slots.text.columns)
        slots.set_words(row, words)
        for number, layer in enumerate(self.weights.layers):
            assert layer.told is not None
            for kept in (slots.text.keys[number, row], slots.text.values[number, row]):
                kept.zero_()
            if text is not None:
                told = self._torch.project(text[:words].to(self.weights.device, self.weights.dtype), layer.told)
                keys, values = told.view(words, 2, shape.heads, shape.head_width).permute(1, 2, 0, 3)
                slots.text.write(number, slice(row, row + 1), slice(0, words), keys[None], values[None])

    def _read_given(self, rows: list[int], parts: list[Part]) -> None:
        """Plays what is given in one pass, as far as keys and values: all columns before the one that a step reads next."""
        import torch
        from torch.nn import functional

        slots, shape, math = self.slots, self.weights.shape, self._torch
        at = tensor_of(rows, self.weights.device)
        x = self._embedded(at, parts)
        everyone = torch.cat([at + branch * slots.takes for branch in range(slots.branches)])
        count, length = x.shape[:2]
        for number, layer in enumerate(self.weights.layers):
            asked = math.project(x, layer.own, normed=True).view(count, length, 3, shape.heads, shape.head_width)
            queries, keys, values = asked.permute(2, 0, 3, 1, 4)
            slots.cache.write(number, everyone, slice(0, length), keys, values)
            heard = functional.scaled_dot_product_attention(queries, keys, values, is_causal=True)
            x += math.project(heard.transpose(1, 2).reshape(count, length, shape.width), layer.own_out)
            if layer.ask is not None and layer.told_out is not None and slots.text is not None:
                worded = x[: len(rows)]
                asked = math.project(worded, layer.ask, normed=True).view(len(rows), length, shape.heads, shape.head_width)
                known, told = slots.text.keys[number][at], slots.text.values[number][at]
                heard = functional.scaled_dot_product_attention(asked.transpose(1, 2), known, told, attn_mask=slots.text_mask[at])
                worded += math.project(heard.transpose(1, 2).reshape(len(rows), length, shape.width), layer.told_out)
            x += math.project(math.project(x, layer.up, normed=True, gelu=True), layer.down)

    def _embedded(self, at: Tensor, parts: list[Part]) -> Tensor:
        """What is before the columns, and the columns that are given: [branches * rows, places, width]."""
        import torch

        slots, weights = self.slots, self.weights
        before, given = parts[0].places_before, parts[0].given_frames
        codes = slots.codes[at][:, :, :given] + slots.table_offsets[:, None]
        heard = torch.nn.functional.embedding(codes, weights.table).sum(dim=1).repeat(slots.branches, 1, 1)
        if before:
            pairs = [part.before for part in parts if part.before is not None]
            told = torch.cat([pair[branch][None] for branch in range(slots.branches) for pair in pairs])
            heard = torch.cat([told.to(weights.device, weights.dtype), heard], dim=1)
        return heard + self._places[: before + given]
