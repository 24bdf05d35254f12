"""The kernels are compiled for a GPU that is not here: what triton's interpreter lets pass, its compiler may not."""

from typing import Any

import pytest

from generation.musicgen.drawing import FIRST, SECOND, STEP
from generation.musicgen.triton_math import compiled
from tests.models import models

models("torch", "triton")

H200 = 90
"""Its compute capability."""
HALF, WHOLE, EXACT, BYTE, EIGHT = "*bf16", "*i64", "*fp32", "*i8", "*fp8e4nv"
ATTEND = {"heads": 24, "width": 64, "tile": 64, "splits": 1, "own": True, "top": 0.0, "rounded": False}
PROJECT = {"inputs": 1536, "tile": 16, "wide": 16, "depth": 256, "gelu": False, "added": False, "scaled": False}


def ptx(name: str, pointers: dict[str, str], known: dict[str, Any], **options: int) -> str:
    """What the GPU's assembler is given. Pointers that are not named are to whole numbers; numbers are said by name."""
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    kernel = compiled()[name]
    kinds = {one: "constexpr" if one in known else pointers.get(one, WHOLE) for one in kernel.arg_names}
    aligned = [place for place, kind in enumerate(kinds.values()) if kind.startswith("*")]
    source = ASTSource(
        kernel,
        kinds,
        constexprs={(kernel.arg_names.index(one),): value for one, value in known.items()},
        attrs={(place,): [["tt.divisibility", 16]] for place in aligned},
    )
    return str(triton.compile(source, target=GPUTarget("cuda", H200, 32), options=options).asm["ptx"])


@pytest.mark.parametrize(
    ("bank", "more"),
    [
        (HALF, {}),
        (HALF, {"splits": 16}),
        (HALF, {"own": False}),
        (BYTE, {"top": 127.0, "rounded": True}),
        (EIGHT, {"top": 448.0}),
    ],
)
def test_attend_reads_ahead_sixteen_bytes_at_a_time(bank: str, more: dict[str, Any]) -> None:
    scales = WHOLE if bank == HALF else EXACT
    parts = {"found": EXACT, "peaks": EXACT, "weights": EXACT} if "splits" in more else {"found": HALF}
    pointers = {"asked": HALF, "keys": bank, "values": bank, "key_scales": scales, "value_scales": scales, **parts}
    numbers = {"takes": "i32", "columns": "i32", "stride": "i32", "sharpness": "fp32"}
    assert "cp.async.cg.shared.global" in ptx("attend", pointers | numbers, ATTEND | more, num_warps=4, num_stages=3)


@pytest.mark.parametrize(
    ("weight", "more"),
    [
        (HALF, {"normed": True, "biased": True, "gelu": True}),
        (HALF, {"normed": False, "biased": False, "added": True}),
        (BYTE, {"normed": True, "biased": True, "scaled": True, "tile": 128, "depth": 32}),
    ],
)
def test_project_uses_the_tensor_cores_and_reads_ahead(weight: str, more: dict[str, Any]) -> None:
    pointers = {"x": HALF, "weight": weight, "scale": EXACT, "bias": HALF, "sums": EXACT, "y": HALF}
    numbers = {"rows": "i32", "outputs": "i32", "epsilon": "fp32"}
    code = ptx("project", pointers | numbers, PROJECT | more, num_warps=4, num_stages=4)
    assert "mma" in code
    assert "cp.async" in code


def test_the_small_ones_compile() -> None:
    found = {"found": EXACT, "peaks": EXACT, "weights": EXACT, "out": HALF}
    assert "ex2.approx" in ptx("combine", found, {"width": 64, "splits": 16}, num_warps=1)
    sizes = {"books": 4, "vocabulary": 2048}
    counts = {"takes": "i32", "columns": "i32"}
    assert "st.global" in ptx(
        "embed", {"table": HALF, "places": HALF, "x": HALF, **counts}, {**sizes, "branches": 2, "width": 1536, "tile": 512}
    )
    drawn = {"logits": HALF, "temperature": "fp32", **counts}
    assert "st.global" in ptx("pick", drawn, {**sizes, "top_k": 250, "first": FIRST, "second": SECOND, "step": STEP}, num_warps=8)
