from tests.models import models

models("torch")

import numpy as np  # noqa: E402
import torch  # noqa: E402

from generation.musicgen.drawing import draw, keys, uniform  # noqa: E402

LOGITS = torch.tensor([2.0, 1.0, 0.0, -1.0, -9.0])


def drawn(count: int, top_k: int, temperature: float = 1.0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How often each code is drawn."""
    seeds, column = torch.arange(count), torch.full((count,), 7)
    codes = draw(LOGITS.expand(count, 4, 5), seeds, column, temperature, top_k)
    return np.bincount(codes.flatten().numpy(), minlength=5) / codes.numel()


def test_draws_as_often_as_is_likely() -> None:
    shares = drawn(20_000, 3)
    likely = np.exp([2.0, 1.0, 0.0]) / np.exp([2.0, 1.0, 0.0]).sum()
    assert np.abs(shares[:3] - likely).max() < 0.01
    assert not shares[3:].any()


def test_a_low_temperature_leaves_little_to_chance_and_top_1_nothing() -> None:
    assert drawn(2_000, 5, 0.1)[0] > 0.99
    assert drawn(100, 1)[0] == 1.0


def test_a_draw_depends_on_seed_column_and_codebook_alone() -> None:
    logits = torch.zeros(3, 4, 2048)
    seeds, column = torch.tensor([5, 2**62 + 5, 6]), torch.tensor([1, 1, 1])
    together = draw(logits, seeds, column, 1.0, 250)
    alone = [draw(logits[:1], seeds[row : row + 1], column[:1], 1.0, 250)[0] for row in range(3)]
    assert torch.equal(together, torch.stack(alone))
    assert len(torch.unique(together)) > 8
    assert not torch.equal(together, draw(logits, seeds, column + 1, 1.0, 250))


def test_chance_is_even_and_never_0_or_1() -> None:
    chance = uniform(keys(torch.arange(50), torch.arange(50), 4)[..., None], torch.arange(2048)).flatten()
    assert 0.0 < float(chance.min()) < float(chance.max()) < 1.0
    assert np.abs(np.histogram(chance.numpy(), 16, (0.0, 1.0))[0] / chance.numel() - 1 / 16).max() < 0.002
    assert abs(float(np.corrcoef(chance[:-1].numpy(), chance[1:].numpy())[0, 1])) < 0.01
