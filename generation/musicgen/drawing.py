"""Which code comes next: one of the likeliest few, by a draw that depends on nothing but seed, column, codebook and code.

The draw is Gumbel's: to each logit a number is added that is made of the seed by a hash, and the highest wins. That is the same as drawing
by probability, needs no word from the host, and a take comes out the same whoever it is made beside.
"""

from typing import Final

from generation.musicgen.tensor import Tensor

MASK: Final = 0xFFFFFFFF
STEP: Final = 0x9E3779B9
FIRST: Final = 0x7FEB352D
SECOND: Final = 0x2C1B3C6D
"""Multipliers of a 32-bit mixer; both below 2^31, so that int64 holds every product."""
_SMALLEST: Final = 2.0**-25


def draw(logits: Tensor, seeds: Tensor, column: Tensor, temperature: float, top_k: int) -> Tensor:
    """Codes int64 [takes, codebooks] of float32 logits [takes, codebooks, vocabulary]; seeds and column int64 [takes].

    With top_k 1 it is the likeliest, and nothing is left to chance.
    """
    import torch

    if top_k == 1:
        return logits.argmax(dim=-1)
    likeliest, codes = logits.topk(min(top_k, logits.shape[-1]), dim=-1)
    noise = uniform(keys(seeds, column, logits.shape[1])[..., None], codes)
    places = (likeliest / temperature - torch.log(-torch.log(noise))).argmax(dim=-1, keepdim=True)
    return codes.gather(-1, places)[..., 0]


def keys(seeds: Tensor, column: Tensor, codebooks: int) -> Tensor:
    """int64 [takes, codebooks] within 32 bits: another one for each seed, column and codebook."""
    import torch

    low, high = seeds & MASK, (seeds >> 32) & MASK
    place = column[:, None] * codebooks + torch.arange(codebooks, device=column.device)
    return mixed(mixed(mixed(low) ^ high)[:, None] ^ place)


def uniform(key: Tensor, codes: Tensor) -> Tensor:
    """float32 between 0 and 1, neither of them, for each code."""
    return ((mixed(key ^ (codes * STEP & MASK)) >> 8).float() * 2.0**-24) + _SMALLEST


def mixed(numbers: Tensor) -> Tensor:
    """A hash of 32 bits in int64."""
    numbers = (numbers ^ (numbers >> 16)) * FIRST & MASK
    numbers = (numbers ^ (numbers >> 15)) * SECOND & MASK
    return numbers ^ (numbers >> 16)
