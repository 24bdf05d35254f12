"""How an ACE-Step model is run. Plain values: nothing here loads anything."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

TURBO: Final = "ACE-Step/acestep-v15-xl-turbo-diffusers"
"""The model that needs eight steps and no guidance, in the format of diffusers."""
DType: TypeAlias = Literal["auto", "bfloat16", "float16", "float32"]


@dataclass(frozen=True, slots=True)
class AceStepOptions:
    """The defaults are right for the turbo model."""

    device: str = "auto"
    """As torch names it: "cuda", "cuda:1", "cpu". auto: a GPU if there is one."""
    dtype: DType = "auto"
    """auto: bfloat16 on a GPU, float32 elsewhere."""
    offload: bool = False
    """Keep on the GPU only the part of the model that works: slower, for cards with little memory. Needs accelerate."""
    download: bool = False
    """Fetch the model when it is not on this machine. Otherwise it must lie in a folder, or in Hugging Face's cache."""
    steps: int = 8
    shift: float = 3.0
    """How far the steps lean towards the noisy beginning: 1, 2 or 3."""
    guidance: float = 7.0
    """How closely the words are followed. The turbo model takes none and is given none."""
    most_at_once: int = 8
    """Takes of one batch, at most 8; where the memory does not do, the batch is halved."""
