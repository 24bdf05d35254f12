"""A loaded MusicGen: weights and tokenizer through transformers, and what it takes to play on them: texts, melodies, an engine, the codec.

The only file that imports transformers here. Of the model the decoder goes into the engine's own weights; text encoder and codec stay as
they are, in float32. Nothing is fetched from the network unless the options allow it.
"""

import hashlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from generation.errors import BackendAway
from generation.musicgen.codec import Codec
from generation.musicgen.engine import Engine
from generation.musicgen.melody import no_melody
from generation.musicgen.options import MusicGenOptions
from generation.musicgen.shape import WORDS, Shape
from generation.musicgen.tensor import Tensor
from generation.musicgen.weights import weights_of

_INSTALL: Final = "pip install 'sonicforge[musicgen]'"
_SAMPLE: Final = 1 << 20


class Instrument:
    """One model on one device."""

    def __init__(self, model: str, revision: str, options: MusicGenOptions) -> None:
        """Loads; takes seconds to minutes. Raises BackendAway, and torch's OutOfMemoryError or MemoryError."""
        loaded, self._tokenizer = _load(model, revision, options)
        import torch

        self._device = torch.device(device_of(options.device))
        self._options = options
        self.revision = _revision(model, loaded)
        """Exactly which weights: a commit, or a fingerprint of the folder."""
        gpu = self._device.type == "cuda"
        named = ("bfloat16" if gpu else "float32") if options.dtype == "auto" else options.dtype
        self._weights = weights_of(loaded.decoder, getattr(torch, named), self._device, options.weights == "int8")
        self.shape: Shape = self._weights.shape
        self._text = loaded.text_encoder.to(self._device).eval()
        self._text_out = loaded.enc_to_dec_proj.to(self._device) if hasattr(loaded, "enc_to_dec_proj") else None
        self._melody_out = loaded.audio_enc_to_dec_proj.to(self._device) if hasattr(loaded, "audio_enc_to_dec_proj") else None
        self.melody_steps = 0 if self.shape.reads_text else int(loaded.config.chroma_length)
        """How many steps of a melody the model is told; 0 if it knows none."""
        self.codec = Codec(loaded.audio_encoder, self.shape.channels, self._device)
        self._kernels = _kernels(options.kernels, gpu)
        self._graph = options.graph and gpu
        self._engine: Engine | None = None

    @property
    def on_gpu(self) -> bool:
        return bool(self._device.type == "cuda")

    def engine(self, takes: int, frames: int) -> Engine:
        """For so many takes at once in windows of up to so many frames; the last one is kept."""
        engine = self._engine
        if self.on_gpu:
            import torch

            torch.cuda.set_device(self._device)  # of this thread: triton's kernels go there
        if engine is None or engine.takes != takes or engine.frames < frames:
            self._engine = None  # its memory first
            before = self.melody_steps and self.melody_steps + WORDS
            options = self._options
            told = (options.guidance, options.temperature, options.top_k, options.cache)
            self._engine = engine = Engine(self._weights, takes, frames, before, *told, self._kernels, self._graph)
        return engine

    def words(self, text: str) -> Tensor:
        """A text as the decoder looks at it, float32 [words, width], at most WORDS of them."""
        import torch

        told = self._tokenizer(text, truncation=True, max_length=WORDS, return_tensors="pt").to(self._device)
        with torch.inference_mode():
            heard = self._text(input_ids=told["input_ids"], attention_mask=told["attention_mask"]).last_hidden_state
            return (heard if self._text_out is None else self._text_out(heard))[0]

    def before(self, words: Tensor, tones: NDArray[np.float32] | None) -> Tensor:
        """What a melody model is told before it begins: float32 [2, melody_steps + words, width], with conditions and without.

        `tones` are [melody_steps, 12], of generation/musicgen/melody.py.
        """
        import torch

        nothing = no_melody(self.melody_steps)
        both = np.stack([nothing if tones is None else tones, nothing])
        with torch.inference_mode():
            heard = torch.from_numpy(both).to(self._device)
            heard = heard if self._melody_out is None else self._melody_out(heard)
            return torch.cat([heard, torch.stack([words, torch.zeros_like(words)])], dim=1)


def _load(model: str, revision: str, options: MusicGenOptions) -> tuple[Any, Any]:
    try:
        import torch
        import transformers
    except Exception as error:  # a library that does not fit its neighbours raises anything
        raise BackendAway(f"musicgen needs torch and transformers: {_INSTALL} ({error})") from error
    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    where: dict[str, Any] = {"local_files_only": not options.download}
    if not Path(model).is_dir():
        where["revision"] = revision
    try:
        config = transformers.AutoConfig.from_pretrained(model, **where)
        kinds = {"musicgen": "MusicgenForConditionalGeneration", "musicgen_melody": "MusicgenMelodyForConditionalGeneration"}
        if config.model_type not in kinds:
            raise BackendAway(f"{model} is a {config.model_type}, not a MusicGen")
        kind = getattr(transformers, kinds[config.model_type])
        loaded = kind.from_pretrained(model, dtype=torch.float32, **where).eval()
        return loaded, transformers.AutoTokenizer.from_pretrained(model, **where)
    except (MemoryError, RuntimeError, BackendAway):
        raise
    except Exception as error:  # files that are missing, torn or of another kind raise anything
        way = f"hf download {model} --revision {revision}, or name a folder"
        if "revision" not in where:
            way = "the folder must hold config.json, model.safetensors and the tokenizer's files"
        elif options.download:
            way = "the network or the hub does not answer, or there is no such model"
        raise BackendAway(
            f"the weights of {model} cannot be loaded: {way} ({(str(error) or type(error).__name__).splitlines()[0]})"
        ) from error


def device_of(wished: str) -> str:
    """The device as torch names it. Raises BackendAway if it is wished for and not there."""
    import torch

    if wished != "auto":
        if wished.startswith("cuda") and not torch.cuda.is_available():
            raise BackendAway(f"musicgen was set to {wished}, and there is no GPU that torch can use")
        return wished
    return "cuda" if torch.cuda.is_available() else "cpu"


def _kernels(wished: str, gpu: bool) -> bool:
    """Whether triton's kernels are used."""
    from importlib.util import find_spec

    there = find_spec("triton") is not None
    if wished == "triton" and not (there and gpu):
        raise BackendAway("musicgen was set to triton's kernels: they need a GPU, and pip install triton")
    return wished != "torch" and there and gpu


def _revision(model: str, loaded: Any) -> str:
    folder = Path(model)
    if not folder.is_dir():
        return str(getattr(loaded.config, "_commit_hash", None) or "unknown")
    told = hashlib.sha256()
    for path in sorted([*folder.glob("*.safetensors"), *folder.glob("*.bin"), *folder.glob("config.json")]):
        size = path.stat().st_size
        told.update(f"{path.name} {size} ".encode())
        with path.open("rb") as file:
            told.update(file.read(_SAMPLE))
            file.seek(max(0, size - _SAMPLE))
            told.update(file.read(_SAMPLE))
    return f"folder-{told.hexdigest()[:16]}"
