from tests.models import models

models("torch")

import pytest  # noqa: E402
import torch  # noqa: E402

from generation.musicgen.cache import Kind, open_cache, packed  # noqa: E402
from generation.musicgen.shape import Shape  # noqa: E402

SHAPE = Shape(2, 32, 2, 64)
CPU = torch.device("cpu")


@pytest.mark.parametrize(("kind", "error"), [("int8", 0.5 / 127), ("fp8", 2.0**-4)])
def test_a_byte_holds_a_number_to_within_its_step(kind: Kind, error: float) -> None:
    torch.manual_seed(0)
    numbers = torch.randn(7, 3, 16) * torch.tensor([1e-6, 1.0, 1e4])[:, None]
    whole, scale = packed(numbers, kind)
    assert whole.element_size() == 1
    peaks = numbers.abs().amax(dim=-1, keepdim=True)
    assert float(((whole.float() * scale[..., None] - numbers).abs() / peaks).max()) <= error + 1e-6


@pytest.mark.parametrize(("kind", "error"), [("full", 0.0), ("int8", 0.02), ("fp8", 0.25)])
def test_reads_what_was_written_wherever_the_rows_are(kind: Kind, error: float) -> None:
    torch.manual_seed(1)
    cache = open_cache(SHAPE, 3, 8, kind, torch.float32, CPU)
    everyone = torch.arange(3)
    keys, values = torch.randn(2, 3, 2, 16), torch.randn(2, 3, 2, 16)
    cache.write(1, everyone, torch.tensor([0, 5, 2]), keys[0], values[0])
    cache.write(1, slice(None), 7, keys[1], values[1])
    known, told = cache.read(1, 8)
    for row, place in enumerate((0, 5, 2)):
        assert float((known[row, :, place] - keys[0, row]).abs().max()) <= error
        assert float((told[row, :, place] - values[0, row]).abs().max()) <= error
    assert float((known[:, :, 7] - keys[1]).abs().max()) <= error
    assert not cache.read(0, 8)[0].any()
    assert not known[0, :, 1:7].any()


def test_a_passage_is_written_at_once() -> None:
    cache = open_cache(SHAPE, 4, 8, "int8", torch.float32, CPU)
    keys = torch.randn(2, 2, 5, 16)
    cache.write(0, torch.tensor([1, 3]), slice(0, 5), keys, -keys)
    known, told = cache.read(0, 5)
    assert float((known[[1, 3]] - keys).abs().max()) < 0.02
    assert torch.equal(known, -told)
    assert not known[[0, 2]].any()
