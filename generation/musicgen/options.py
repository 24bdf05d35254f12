"""How a MusicGen model is run. Plain values: nothing here loads anything."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from generation.errors import InvalidBrief

MEDIUM: Final = "facebook/musicgen-stereo-medium"
"""In stereo, and the size whose sound is worth its time."""
MOST_ROWS: Final = 64
DType: TypeAlias = Literal["auto", "bfloat16", "float16", "float32"]


@dataclass(frozen=True, slots=True)
class MusicGenOptions:
    """The defaults are those of the model's makers."""

    device: str = "auto"
    """As torch names it: "cuda", "cuda:1", "cpu". auto: a GPU if there is one."""
    dtype: DType = "auto"
    """auto: bfloat16 on a GPU, float32 elsewhere."""
    download: bool = False
    """Fetch the model when it is not on this machine. Otherwise it must lie in a folder, or in Hugging Face's cache."""
    most_at_once: int = 8
    """Takes of one batch, at most 64; where the memory does not do, the batch is halved."""
    guidance: float = 3.0
    """How closely the words are followed; 1 leaves guidance out, which halves the work."""
    temperature: float = 1.0
    top_k: int = 250
    """Each code is drawn from so many of the likeliest."""
    weights: Literal["full", "int8"] = "full"
    """int8: half the memory of bfloat16, and faster on a GPU for a few takes at once."""
    cache: Literal["full", "int8", "fp8"] = "full"
    """What the keys and values of earlier frames are kept as: a byte each is faster on a GPU for many takes at once."""
    kernels: Literal["auto", "triton", "torch"] = "auto"
    """auto: triton's on a GPU where triton is installed."""
    graph: bool = True
    """Record a step once and play it back, on a GPU."""

    def __post_init__(self) -> None:
        """Raises InvalidBrief if these cannot be."""
        if not 1 <= self.most_at_once <= MOST_ROWS:
            raise InvalidBrief(f"musicgen makes 1 to {MOST_ROWS} takes at once, not {self.most_at_once}")
        if not (self.temperature > 0.0 and self.top_k >= 1 and self.guidance >= 1.0):
            raise InvalidBrief("musicgen takes a temperature above 0, a top_k of 1 or more and a guidance of 1 or more")
