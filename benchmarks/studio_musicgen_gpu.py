"""MusicGen at its published sizes on a GPU, with random weights: how much sound a second, and how near that is to what the card can read.

Weights are made on the card; how long a step takes does not depend on them. A window of thirty seconds is played to its end, so the mean
includes short and long contexts. The card's own speed is measured first, by copying; transformers' generate plays the same window on the
same card, with a small text encoder and codec, so that it is its decoding that is measured.
"""

import asyncio
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, Final

import numpy as np

from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, progress
from generation.musicgen.engine import Engine
from generation.musicgen.part import Part
from generation.musicgen.shape import FRAMES_A_SECOND, SIZES, WORDS, Shape
from generation.musicgen.weights import random_weights

WANTED: Final = {1: 13.0, 8: 60.0, 32: 100.0}
"""Takes at once -> audio seconds a second of the medium model in bfloat16."""
TIMES_TRANSFORMERS: Final = 8.0
SHARE_OF_BANDWIDTH: Final = 0.5
MANY: Final = 32
"""Takes at once from which on the card's bandwidth is what limits."""
CARD_WATTS: Final = 700.0
"""What an H200 may draw: a minute of sound at the wanted speed may cost no more."""
FRAMES: Final = 1500
_COPIED: Final = 2 << 30
_COPIES: Final = 20
_SAMPLE_SECONDS: Final = 0.05


def _bars(takes: int) -> tuple[Bar, ...]:
    wanted, name = WANTED[takes], f"musicgen medium bf16, {takes} at once"
    step = 1000.0 * takes / (FRAMES_A_SECOND * wanted)
    bars = (
        Bar(f"{name}: audio seconds a second", "x", least=wanted),
        Bar(f"{name}: a step, median", "ms", most=round(step, 3)),
        Bar(f"{name}: a step, 99th percentile", "ms", most=round(1.5 * step, 3)),
        Bar(f"{name}: energy for a minute of sound", "J", most=round(60.0 * CARD_WATTS / wanted)),
        Bar(f"{name}: times transformers' generate", "x", least=TIMES_TRANSFORMERS),
    )
    return bars if takes < MANY else (*bars, Bar(f"{name}: share of the measured copy bandwidth", "share", least=SHARE_OF_BANDWIDTH))


def _measure(takes: int, shape: Shape = SIZES["medium"]) -> list[Row]:
    torch = _gpu()
    bars = _bars(takes)
    progress(f"musicgen medium, {takes} at once")
    copied = _copy_bytes_a_second(torch)
    weights = random_weights(shape, torch.bfloat16, torch.device("cuda"))
    engine = Engine(weights, takes, FRAMES, kernels=_triton(), graph=True)
    words = torch.randn(WORDS, shape.width, device="cuda")
    engine.seat({row: Part(FRAMES, row, words) for row in range(takes)})
    steps = engine.steps_left(0)
    marks = [torch.cuda.Event(enable_timing=True) for _ in range(steps + 1)]
    torch.cuda.synchronize()
    with _power() as watts:
        began = time.perf_counter()
        marks[0].record()
        for mark in marks[1:]:
            engine.step()
            mark.record()
        torch.cuda.synchronize()
        seconds = time.perf_counter() - began
    milliseconds = np.array([one.elapsed_time(other) for one, other in pairwise(marks)])
    sound = takes * FRAMES / FRAMES_A_SECOND
    speed = sound / seconds
    share = shape.step_bytes(takes, steps / 2.0) / (seconds / steps) / copied
    del engine, weights
    torch.cuda.empty_cache()
    theirs = _transformers_speed(torch, shape, takes)
    played = f"{seconds:.2f} s for {sound:.0f} s of sound, {share:.0%} of what copying reads and writes ({copied / 1e12:.2f} TB/s)"
    note = f"{played}; {'triton' if _triton() else 'torch'}, recorded step, {torch.cuda.get_device_name()}"
    rows = [
        bars[0].row(speed, note=note),
        bars[1].row(float(np.median(milliseconds))),
        bars[2].row(float(np.percentile(milliseconds, 99))),
    ]
    if watts:
        mean = float(np.mean(watts))
        rows.append(bars[3].row(mean * seconds * 60.0 / sound, note=f"{mean:.0f} W by nvidia-smi, {len(watts)} samples"))
    rows.append(bars[4].row(speed / theirs, peer=theirs, note="the same window"))
    return [*rows, *(bar.row(share) for bar in bars[5:])]


def _gpu() -> Any:
    try:
        import torch
    except ImportError as error:
        raise Unmeasured("torch is not installed: pip install -r requirements/models.txt") from error
    if not torch.cuda.is_available():
        raise Unmeasured("there is no GPU that torch can use here")
    return torch


def _triton() -> bool:
    from importlib.util import find_spec

    return find_spec("triton") is not None


def _copy_bytes_a_second(torch: Any) -> float:
    """Read and written: what this card streams at best."""
    source = torch.empty(_COPIED, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    target.copy_(source)
    torch.cuda.synchronize()
    began = time.perf_counter()
    for _ in range(_COPIES):
        target.copy_(source)
    torch.cuda.synchronize()
    return 2.0 * _COPIES * _COPIED / (time.perf_counter() - began)


def _transformers_speed(torch: Any, shape: Shape, takes: int) -> float:
    """Audio seconds a second of transformers' generate, sampling."""
    import transformers as t

    text = t.T5Config(d_model=64, d_kv=16, d_ff=128, num_layers=2, num_heads=4, is_encoder_decoder=False, use_cache=False, vocab_size=1000)
    codec = t.EncodecConfig(
        sampling_rate=32_000, audio_channels=1, upsampling_ratios=[8, 5, 4, 4], codebook_size=2048, target_bandwidths=[2.2], num_filters=8
    )
    sizes = {"num_hidden_layers": shape.layers, "hidden_size": shape.width, "num_attention_heads": shape.heads, "ffn_dim": shape.inner}
    config = t.MusicgenConfig(text_encoder=text, audio_encoder=codec, decoder=t.MusicgenDecoderConfig(num_codebooks=4, **sizes))
    with torch.device("cuda"):
        model = t.MusicgenForConditionalGeneration(config).eval().to(torch.bfloat16)
    told = model.generation_config
    told.decoder_start_token_id = told.pad_token_id = told.bos_token_id = 2048
    told.eos_token_id, told.do_sample, told.guidance_scale, told.top_k = None, True, 3.0, 250
    ids = torch.randint(5, 900, (takes, 12), device="cuda")
    given = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    model.generate(**given, max_new_tokens=10)
    torch.cuda.synchronize()
    began = time.perf_counter()
    model.generate(**given, max_new_tokens=FRAMES + 3)
    torch.cuda.synchronize()
    return takes * FRAMES / FRAMES_A_SECOND / (time.perf_counter() - began)


@contextmanager
def _power() -> Iterator[list[float]]:
    """Watts, sampled while the block runs; empty where nvidia-smi does not say."""
    watts: list[float] = []
    ended = threading.Event()

    def sample() -> None:
        while not ended.is_set():
            try:
                told = subprocess.run(
                    ["nvidia-smi", "--query-gpu=power.draw", "--format=csv,noheader,nounits"], capture_output=True, text=True, check=True
                )
                watts.append(float(told.stdout.splitlines()[0]))
            except (OSError, ValueError, IndexError, subprocess.CalledProcessError):
                return
            ended.wait(_SAMPLE_SECONDS)

    thread = threading.Thread(target=sample, name="watts")
    thread.start()
    try:
        yield watts
    finally:
        ended.set()
        thread.join()


def _measurement(takes: int) -> Measurement:
    async def rows() -> list[Row]:
        return await asyncio.to_thread(_measure, takes)

    return Measurement(_bars(takes), rows, 300.0)


MEASUREMENTS: Final = tuple(_measurement(takes) for takes in WANTED)
