"""A loaded ACE-Step model: the only file of the studio that imports diffusers, and it does so when the first take is asked for.

Four things here are not as one would think. The pipeline decodes the whole batch at once, at its full length, although it says that it
decodes in tiles: so we take its latents and decode each take by itself, in tiles. Each take has a generator of its own, on the CPU, so its
noise does not depend on the batch or the card. The text is cut at 256 tokens and the tempo stands behind the caption: so the caption is
cut first. And an error's traceback holds the tensors of every frame: memory comes back only after it is gone.
"""

import gc
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import numpy as np

from dsp.block import Samples
from generation.acestep.options import AceStepOptions
from generation.acestep.wording import LANGUAGE, TIME_SIGNATURE, Wording
from generation.backend import Progress
from generation.errors import BackendAway, GenerationFailed, StudioError

ADVICE: Final = "pip install sonicforge[acestep]"
TOKENS: Final = 256
"""All that the model reads of the text."""
FRAME_TOKENS: Final = 110
"""Of these, what stands around the caption: the instruction, tempo, key, length."""
_STEPS_SHARE: Final = 0.7
"""Of the time of a take; the rest is decoding."""


class NoRoom(MemoryError):
    """The memory did not do for so many takes at once."""


class Instrument:
    """Holds the model. Used by one thread at a time."""

    def __init__(self, model: str, revision: str, options: AceStepOptions) -> None:
        """Loads it. Raises BackendAway: no library, no model, no memory, no such device."""
        torch, pipeline_class = _libraries()
        self._torch = torch
        self._options = options
        self._device = _device(torch, options.device)
        dtype = _dtype(torch, options.dtype, self._device)
        fault = ""
        try:
            self._pipeline = pipeline_class.from_pretrained(
                model, revision=revision, dtype=dtype, local_files_only=not options.download, use_safetensors=True
            )
            self._pipeline.set_progress_bar_config(disable=True)
            self._pipeline.vae.enable_tiling()
            self._settle()
        except Exception as error:  # noqa: BLE001 -- files of somebody else's: whatever is wrong with them, it is told and not raised
            fault = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        if fault:
            self._pipeline = None
            self._free()
            where = "" if options.download else "; it is not fetched unless download is set"
            raise BackendAway(f"ACE-Step's model {model} ({revision}) cannot be loaded on {self._device}: {fault}{where}")
        self.sample_rate = int(self._pipeline.sample_rate)

    def play(self, wordings: Sequence[Wording], seeds: Sequence[int], told: Progress) -> list[Samples]:
        """One sound a wording, float32 [channels, frames], not levelled. All wordings have one tempo, key and length.

        `told` hears of it from 0 to 1 and may raise CalledOff. Raises NoRoom, GenerationFailed; the model stays loaded.
        """
        full, fault = False, ""
        try:
            return self._decoded(self._steps(wordings, seeds, told), told)
        except StudioError:
            raise
        except (self._torch.OutOfMemoryError, MemoryError):
            full = True
        except Exception as error:  # noqa: BLE001 -- somebody else's program: whatever it raises, this take has failed
            full = "alloc" in str(error).lower()  # torch has no class for a CPU whose memory is full
            fault = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        finally:
            if full or fault or self._options.offload:
                self._free()
        if full:
            raise NoRoom
        raise GenerationFailed(f"ACE-Step failed: {fault}")

    def close(self) -> None:
        """Frees the memory, the GPU's too. It cannot play afterwards."""
        self._pipeline = None
        self._free()

    def _steps(self, wordings: Sequence[Wording], seeds: Sequence[int], told: Progress) -> Any:
        torch, first = self._torch, wordings[0]

        def stepped(_pipeline: Any, step: int, _time: Any, held: dict[str, Any]) -> dict[str, Any]:
            told(_STEPS_SHARE * (step + 1) / self._options.steps, f"step {step + 1} of {self._options.steps}")
            return held

        return self._pipeline(
            prompt=[self._cut(one.caption) for one in wordings],
            lyrics=[one.lyrics for one in wordings],
            vocal_language=[LANGUAGE] * len(wordings),
            audio_duration=first.seconds,
            bpm=first.bpm,
            keyscale=first.keyscale,
            timesignature=TIME_SIGNATURE,
            num_inference_steps=self._options.steps,
            shift=self._options.shift,
            guidance_scale=1.0 if self._pipeline.is_turbo else self._options.guidance,
            generator=[torch.Generator("cpu").manual_seed(seed) for seed in seeds],
            max_text_length=TOKENS,
            output_type="latent",
            callback_on_step_end=stepped,
        ).audios

    def _decoded(self, latents: Any, told: Progress) -> list[Samples]:
        sounds: list[Samples] = []
        with self._torch.no_grad():
            for number in range(latents.shape[0]):
                told(_STEPS_SHARE + (1.0 - _STEPS_SHARE) * number / latents.shape[0], f"sound {number + 1} of {latents.shape[0]}")
                sound = self._pipeline.vae.decode(latents[number : number + 1].transpose(1, 2)).sample
                sounds.append(np.asarray(sound[0].float().cpu().numpy(), np.float32))
        return sounds

    def _cut(self, caption: str) -> str:
        """Without the last words, if the model would not read on to the tempo."""
        words = caption.split(" ")
        while len(words) > 1 and len(self._pipeline.tokenizer(" ".join(words)).input_ids) > TOKENS - FRAME_TOKENS:
            words = words[: -max(1, len(words) // 20)]
        return " ".join(words)

    def _settle(self) -> None:
        """Brings the model to its device."""
        if self._options.offload and self._device.type == "cuda":
            self._pipeline.enable_model_cpu_offload(device=self._device)
        else:
            self._pipeline.to(self._device)

    def _free(self) -> None:
        """Gives back what nobody holds any more; with offloading, takes the model off the card."""
        if self._pipeline is not None:
            self._pipeline.maybe_free_model_hooks()
        gc.collect()
        if self._device.type == "cuda":
            with suppress(RuntimeError):
                self._torch.cuda.empty_cache()


def _libraries() -> tuple[Any, Any]:
    """torch, and the pipeline's class. Raises BackendAway."""
    try:
        import torch
        from diffusers import AceStepPipeline
    except (ImportError, RuntimeError) as error:  # diffusers imports late, and wraps what failed in a RuntimeError
        raise BackendAway(f"ACE-Step needs torch, transformers and diffusers ({ADVICE}): {str(error).splitlines()[0][:200]}") from None
    return torch, AceStepPipeline


def _device(torch: Any, wished: str) -> Any:
    if wished == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(wished)
    except RuntimeError:
        raise BackendAway(f"{wished!r} is no device: auto, cuda, cuda:1 or cpu") from None
    if device.type == "cuda" and not torch.cuda.is_available():
        raise BackendAway(f"there is no GPU that torch can use, but the device is set to {wished}")
    return device


def _dtype(torch: Any, wished: str, device: Any) -> Any:
    if wished == "auto":
        return torch.bfloat16 if device.type == "cuda" else torch.float32
    return getattr(torch, wished)
