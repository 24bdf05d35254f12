"""How big a MusicGen model is, and how its codes are laid out in time.

A frame of sound (20 ms) is one code of each codebook. The model writes the codebooks one behind the other: in column c of its table stands,
for codebook k, the code of frame c - 1 - delay(k); column 0 is the start. In stereo the codebooks alternate between left and right, and
both of a pair share a delay.
"""

from dataclasses import dataclass
from typing import Final

FRAMES_A_SECOND: Final = 50
WORDS: Final = 64
"""The longest text in tokens; longer ones are cut."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a decoder."""

    layers: int
    width: int
    heads: int
    inner: int
    """Of the feed-forward part."""
    codebooks: int = 4
    channels: int = 1
    vocabulary: int = 2048
    """Codes of a codebook. One more, the last, stands for "no code": the start, the staggered ends."""
    reads_text: bool = True
    """Whether each layer looks at the text. A melody model has text and melody before its first column instead."""

    @property
    def head_width(self) -> int:
        return self.width // self.heads

    @property
    def no_code(self) -> int:
        return self.vocabulary

    @property
    def delays(self) -> tuple[int, ...]:
        """Of each codebook, in columns."""
        return tuple(book // self.channels for book in range(self.codebooks))

    @property
    def longest_delay(self) -> int:
        return self.delays[-1]

    def columns(self, frames: int) -> int:
        """How many columns so many frames take."""
        return 1 + frames + self.longest_delay

    def weights_read(self) -> int:
        """How many weights one step reads: all but the embeddings and what makes keys and values of the text."""
        text = 2 * self.width**2 if self.reads_text else 0
        layer = 4 * self.width**2 + text + 2 * self.width * self.inner
        return self.layers * layer + self.codebooks * self.vocabulary * self.width

    def step_bytes(self, takes: int, columns: float, words: int = WORDS, weight_bytes: float = 2.0, cache_bytes: float = 2.0) -> float:
        """What one step has to read at least, with guidance: weights once, for each take two rows of keys and values, one of the text."""
        rows = 2 * takes * columns + (takes * words if self.reads_text else 0)
        return self.weights_read() * weight_bytes + rows * 2 * self.width * self.layers * cache_bytes


SIZES: Final = {
    "small": Shape(24, 1024, 16, 4096),
    "medium": Shape(48, 1536, 24, 6144),
    "large": Shape(48, 2048, 32, 8192),
}
"""The models as they were published, in mono."""
