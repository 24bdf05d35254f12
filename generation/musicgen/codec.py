"""EnCodec: codes to sound and back. A take is decoded in chunks of five seconds as they get ready, each with a second of what is around it.

EnCodec sees only a little of what is before and after a sample (its memory fades), so a chunk that was decoded with a second more on both
sides and then cropped is the same sound as if the whole had been decoded at once; benchmarks/studio_musicgen.py measures how nearly.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from generation.musicgen.shape import FRAMES_A_SECOND
from generation.musicgen.tensor import Device, Module, Tensor

CHUNK_FRAMES: Final = 5 * FRAMES_A_SECOND
CONTEXT_FRAMES: Final = FRAMES_A_SECOND
_MOST_AT_ONCE: Final = 16
"""Chunks; a GPU's memory is the engine's."""


class Codec:
    """An EncodecModel of transformers. Stereo is two sounds of it; their codebooks take turns."""

    def __init__(self, model: Module, channels: int, device: Device) -> None:
        self._model = model.to(device).float().eval()
        self._device = device
        self.channels = channels
        self.rate = int(model.config.sampling_rate)
        self.hop = int(np.prod(model.config.upsampling_ratios))
        """Samples of a frame."""

    def decode(self, codes: Tensor) -> NDArray[np.float32]:
        """int64 [takes, codebooks, frames] to float32 [takes, channels, frames * hop]."""
        import torch

        sounds = []
        with torch.inference_mode():
            for some in codes.split(_MOST_AT_ONCE):
                sides = torch.cat([some[:, side :: self.channels] for side in range(self.channels)]).to(self._device)
                heard = self._model.decode(sides[None], [None]).audio_values[:, 0]
                sounds.append(heard.view(self.channels, len(some), -1).transpose(0, 1).cpu())
        return np.asarray(torch.cat(sounds)[..., : codes.shape[-1] * self.hop].numpy(), np.float32)

    def encode(self, sound: NDArray[np.float32]) -> Tensor:
        """float32 [1 or 2 channels, samples] at `rate` to int64 [codebooks, frames], on the host. What fills no frame is left out."""
        import torch

        whole = sound[:, : sound.shape[1] // self.hop * self.hop]
        sides = whole.mean(axis=0, keepdims=True) if self.channels == 1 else np.broadcast_to(whole, (self.channels, whole.shape[1]))
        with torch.inference_mode():
            heard = torch.from_numpy(np.array(sides, np.float32))[:, None].to(self._device)
            codes = self._model.encode(heard).audio_codes[0].cpu()
        return codes.transpose(0, 1).reshape(-1, codes.shape[-1])


def due(done: int, ready: int, finished: bool) -> list[tuple[int, int]]:
    """The chunks that can be decoded: those whose context is there. `done` frames have been, `ready` could be; `finished`: no more come."""
    chunks = []
    while done + CHUNK_FRAMES + CONTEXT_FRAMES <= ready or (finished and done < ready):
        end = min(done + CHUNK_FRAMES, ready)
        chunks.append((done, end))
        done = end
    return chunks


def context(first: int, last: int, ready: int) -> tuple[int, int]:
    """The frames that are decoded for the chunk `first` to `last`."""
    return max(0, first - CONTEXT_FRAMES), min(ready, last + CONTEXT_FRAMES)
