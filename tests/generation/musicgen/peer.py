"""What transformers' own generate plays of a model: the codes, as its codec gets them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.musicgen.shape import Shape


class Peer:
    """A model of transformers that decodes greedily and remembers what it decoded."""

    def __init__(self, folder: Path) -> None:
        import transformers

        config = transformers.AutoConfig.from_pretrained(folder)
        kind = "MusicgenMelody" if config.model_type == "musicgen_melody" else "Musicgen"
        self.model: Any = getattr(transformers, f"{kind}ForConditionalGeneration").from_pretrained(folder).eval()
        self.tokenizer: Any = transformers.AutoTokenizer.from_pretrained(folder)
        self._channels = config.decoder.audio_channels
        self._listening = _Listening(self.model.audio_encoder)
        self.model.audio_encoder = self._listening.module

    def codes(self, texts: Sequence[str], frames: int, shape: Shape, **more: Any) -> NDArray[np.int64]:
        """Greedy, [texts, codebooks, frames in all]; `frames` new ones."""
        told = self.tokenizer(list(texts), padding=True, return_tensors="pt")
        self._listening.heard.clear()
        self.model.generate(**told, max_new_tokens=frames + shape.longest_delay, do_sample=False, **more)
        heard = self._listening.heard
        return np.stack(heard, axis=2).reshape(heard[0].shape[0], -1, heard[0].shape[-1])


class _Listening:
    """An audio encoder that notes the codes it is to decode."""

    def __init__(self, encoder: Any) -> None:
        self.heard: list[NDArray[np.int64]] = []
        heard = self.heard

        class Listening(type(encoder)):  # type: ignore[misc]
            def decode(self, audio_codes: Any, *rest: Any, **more: Any) -> Any:
                heard.append(audio_codes[0].numpy().copy())
                return super().decode(audio_codes, *rest, **more)

        encoder.__class__ = Listening
        self.module = encoder
