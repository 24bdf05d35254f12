"""Holds triton's kernels against torch: `python -m generation.musicgen.proof`, on the GPU, or on a CPU with TRITON_INTERPRET=1.

Prints one line of JSON: for each comparison the greatest error, relative to the greatest number; and how many codes of a small engine that
plays by kernels differ from those of one that plays by torch. Whoever has a new GPU, driver or release of triton runs it once.
"""

import json
import sys
from typing import Any, Final

from generation.musicgen.cache import Kind
from generation.musicgen.engine import Engine
from generation.musicgen.part import Part
from generation.musicgen.shape import WORDS, Shape
from generation.musicgen.tensor import Tensor
from generation.musicgen.torch_math import TorchMath
from generation.musicgen.triton_math import TritonMath
from generation.musicgen.weights import Weights, random_weights

TINY: Final = Shape(2, 32, 2, 64, vocabulary=64)
PLACES: Final = (0, 63, 64, 150)
"""Where the rows are: around the edges of tiles and splits."""
_FRAMES: Final = 150
_STEPS: Final = 6


def proof(shape: Shape = TINY, device: str = "cpu", played: bool = True) -> dict[str, float]:
    """All comparisons by name. Slow in the interpreter: a minute or so for TINY."""
    import torch

    torch.manual_seed(0)
    found: dict[str, float] = {}
    with torch.inference_mode():
        weights = random_weights(shape, torch.float32, torch.device(device))
        for kind in kinds(device):
            found |= {f"{name} {kind}": error for name, error in attention(weights, kind).items()}
        for int8 in (False, True):
            found |= {f"{name} {'int8' if int8 else 'full'}": error for name, error in products(shape, device, int8).items()}
    if played:
        found["codes greedy"] = differing(weights, 1)
        found["codes drawn"] = differing(weights, 20)
    return found


def kinds(device: str) -> tuple[Kind, ...]:
    """What the cache may hold there: triton's interpreter knows no fp8 of its own."""
    return ("full", "int8") if device == "cpu" else ("full", "int8", "fp8")


def attention(weights: Weights, kind: Kind) -> dict[str, float]:
    """Rows at PLACES that look at themselves and at their texts, with a cache of noise."""
    import torch

    shape, device = weights.shape, weights.device
    engine = Engine(weights, len(PLACES), _FRAMES, cache=kind)
    slots = engine.slots
    for layer in range(shape.layers):
        noise = torch.randn(2, slots.rows, shape.heads, slots.cache.columns, shape.head_width, device=device)
        slots.cache.write(layer, slice(None), slice(None), noise[0], noise[1])
        assert slots.text is not None
        told = torch.randn(2, slots.takes, shape.heads, WORDS, shape.head_width, device=device)
        slots.text.write(layer, slice(None), slice(None), told[0], told[1])
    slots.column.copy_(torch.tensor(PLACES, device=device))
    for row, words in enumerate((1, 17, 63, 64)):
        slots.set_words(row, words)
    plain, fast = _both(engine)
    now = plain.now(None)
    asked = torch.randn(slots.rows, 3 * shape.width, device=device)
    before = slots.cache.keys.clone()
    by_torch = plain.attend_own(0, asked, now)
    kept = slots.cache.keys.clone()
    slots.cache.keys.copy_(before)
    by_triton = fast.attend_own(0, asked, now)
    words = asked[: slots.takes, : shape.width].contiguous()
    return {
        "attend own": _error(by_triton, by_torch),
        "attend kept": _error(slots.cache.keys.float(), kept.float()),
        "attend text": _error(fast.attend_text(0, words, now), plain.attend_text(0, words, now)),
    }


def products(shape: Shape, device: str, int8: bool) -> dict[str, float]:
    """A matrix product with a norm and GELU, and one that is added to; for few and for more rows."""
    import torch

    weights = random_weights(shape, torch.float32, torch.device(device), int8)
    plain, fast = _both(Engine(weights, 1, 8))
    layer = weights.layers[0]
    found = {}
    for rows in (2, 40 if int8 else 30):
        x = 3.0 + torch.randn(rows, shape.width, device=device)
        inner = plain.project(x, layer.up, True, True)
        found[f"project {rows} rows"] = _error(fast.project(x, layer.up, True, True), inner)
        sums = 1e-3 * x, 1e-3 * x
        plain.add(sums[0], inner, layer.down)
        fast.add(sums[1], inner, layer.down)
        found[f"add {rows} rows"] = _error(sums[1], sums[0])
    return found


def differing(weights: Weights, top_k: int) -> float:
    """The share of codes that differ, played from one seed by kernels and by torch."""
    import torch

    words = torch.randn(5, weights.shape.width)
    played = []
    for kernels in (False, True):
        engine = Engine(weights, 2, _STEPS, top_k=top_k, kernels=kernels)
        engine.seat({0: Part(_STEPS, 1, words), 1: Part(_STEPS - 3, 2 << 40, words[:2])})
        while engine.steps_left(0):
            engine.step()
        played.append(torch.stack([engine.codes(row, 0, _STEPS - 3) for row in range(2)]))
    return float((played[0] != played[1]).float().mean())


def _both(engine: Engine) -> tuple[TorchMath, TritonMath]:
    from generation.musicgen.weights import places

    weights, slots = engine.weights, engine.slots
    where = places(slots.cache.columns, weights.shape.width, weights.dtype, weights.device)
    told: tuple[Any, ...] = (weights, slots, where, 3.0, 1.0, 250)
    return TorchMath(*told), TritonMath(*told)


def _error(is_: Tensor, should: Tensor) -> float:
    return float((is_ - should).abs().max() / should.abs().max())


def main() -> None:
    """On the GPU if there is one."""
    import torch

    print(json.dumps(proof(device="cuda" if torch.cuda.is_available() else "cpu", played="--quick" not in sys.argv)))


if __name__ == "__main__":
    main()
