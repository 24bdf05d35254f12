"""ACE-Step 1.5 turbo at its real size with random weights: how fast a card makes tracks of three minutes. What a weight is worth does not
change how long it takes to multiply with it. Needs CUDA, torch and diffusers; elsewhere the rows say so.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, progress

STEPS: Final = 8
"""Of the turbo model."""
SECONDS: Final = 180
BATCHES: Final = (1, 8)
_LATENTS_A_SECOND: Final = 25
_LATENT_CHANNELS: Final = 64
_TEXT_TOKENS: Final = 256

SPEEDS: Final = {batch: Bar(f"acestep, random weights, 3 minutes, batch of {batch}", "x real time", least=60.0) for batch in BATCHES}


@dataclass(frozen=True, slots=True)
class Size:
    """What the two models are built of; empty stands for the real size."""

    transformer: dict[str, int]
    decoder: dict[str, Any]


REAL: Final = Size(
    {},
    {
        "encoder_hidden_size": 128,
        "downsampling_ratios": [2, 4, 4, 6, 10],
        "channel_multiples": [1, 2, 4, 8, 16],
        "decoder_channels": 128,
        "decoder_input_channels": _LATENT_CHANNELS,
        "audio_channels": 2,
        "sampling_rate": 48_000,
    },
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one batch."""

    step_seconds: float
    decode_seconds: float
    """Of one track."""
    seconds: int
    batch: int

    @property
    def times_real_time(self) -> float:
        return self.batch * self.seconds / (STEPS * self.step_seconds + self.batch * self.decode_seconds)


def cost_of(torch: Any, size: Size, device: str, seconds: int, batch: int) -> Cost:
    """The transformer's step and the decoder's pass, each the mean of several after one that is not counted."""
    from diffusers import AutoencoderOobleck
    from diffusers.models.transformers.ace_step_transformer import AceStepTransformer1DModel

    kind = {"device": device, "dtype": torch.bfloat16 if device == "cuda" else torch.float32}
    frames = seconds * _LATENTS_A_SECOND
    with torch.inference_mode():
        transformer = AceStepTransformer1DModel(**size.transformer).eval().to(**kind)
        decoder = AutoencoderOobleck(**size.decoder).eval().to(**kind)
        latents = torch.randn(batch, frames, _LATENT_CHANNELS, **kind)
        context = torch.randn(batch, frames, 2 * _LATENT_CHANNELS, **kind)
        text = torch.randn(batch, _TEXT_TOKENS, transformer.config.hidden_size, **kind)
        when = torch.full((batch,), 0.5, **kind)

        def step() -> None:
            transformer(
                hidden_states=latents,
                timestep=when,
                timestep_r=when,
                encoder_hidden_states=text,
                context_latents=context,
                return_dict=False,
            )

        one = latents[:1].transpose(1, 2).contiguous()
        return Cost(_mean_seconds(torch, device, step, 4), _mean_seconds(torch, device, lambda: decoder.decode(one), 2), seconds, batch)


def _mean_seconds(torch: Any, device: str, work: Callable[[], object], turns: int) -> float:
    work()
    _wait(torch, device)
    began = time.perf_counter()
    for _ in range(turns):
        work()
    _wait(torch, device)
    return (time.perf_counter() - began) / turns


def _wait(torch: Any, device: str) -> None:
    """Until the card has done what it was told."""
    if device == "cuda":
        torch.cuda.synchronize()


def _torch() -> Any:
    """With CUDA; raises Unmeasured."""
    try:
        import diffusers  # noqa: F401 -- whether it is there
        import torch
    except ModuleNotFoundError as error:
        raise Unmeasured(f"{error.name} is not installed: pip install 'sonicforge[acestep]'") from error
    if not torch.cuda.is_available():
        raise Unmeasured("no CUDA device: at its real size ACE-Step is measured on a GPU alone")
    return torch


def _measure() -> list[Row]:
    torch = _torch()
    rows = []
    for batch, bar in SPEEDS.items():
        progress(f"acestep: batch of {batch}")
        cost = cost_of(torch, REAL, "cuda", SECONDS, batch)
        shares = f"{1000.0 * cost.step_seconds:.1f} ms a step, {STEPS} steps, {cost.decode_seconds:.3f} s to decode a track"
        rows.append(bar.row(cost.times_real_time, note=f"{torch.cuda.get_device_name()}, bf16: {shares}"))
    return rows


async def measure() -> list[Row]:
    """In a thread, since nothing here waits."""
    return await asyncio.to_thread(_measure)


MEASUREMENT: Final = Measurement(tuple(SPEEDS.values()), measure, 600.0)
