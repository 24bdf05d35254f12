"""MusicGen by our engine, on any machine: what it plays and how fast, against transformers' own generate; what bytes and chunks cost.

Tiny models with random weights, made here: weights do not change what is compared. On a GPU benchmarks/studio_musicgen_gpu.py measures the
published sizes.
"""

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks import studio_musicgen_gpu
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, progress

FRAMES: Final = 200
TEXTS: Final = ("calm", "a fast trance track in a minor, 138 bpm", "house")
"""Of unequal lengths."""
TURNS: Final = 3
LAYERS: Final = 8
"""Of the model whose speed is compared."""
INSTALL: Final = "pip install -r requirements/models.txt"

MONO: Final = Bar("musicgen, 3 ragged prompts, 200 frames: codes that are transformers', mono", "share", least=1.0)
STEREO: Final = Bar("musicgen, 3 ragged prompts, 200 frames: codes that are transformers', stereo", "share", least=1.0)
SPEED: Final = Bar("musicgen on a CPU, small config: times transformers' generate", "x", least=2.0)
KERNELS: Final = Bar("musicgen's triton kernels against torch: greatest error", "relative", most=1e-5)
WEIGHTS: Final = Bar("musicgen with int8 weights: error of the logits", "of spread", most=0.05)
CACHE: Final = Bar("musicgen with an int8 cache: error of the logits", "of spread", most=0.02)
FP8: Final = Bar("musicgen with an fp8 cache: error of the logits", "of spread", most=0.1)
CHUNKS: Final = Bar("musicgen's codec in chunks of 5 s: greatest error", "of peak", most=1e-3)


def need(*libraries: str) -> None:
    """Raises Unmeasured if one is missing."""
    missing = [name for name in libraries if importlib.util.find_spec(name) is None]
    if missing:
        raise Unmeasured(f"{', '.join(missing)} not installed: {INSTALL}")


def _against_transformers() -> list[Row]:
    need("torch", "transformers")
    import torch

    from generation.musicgen.instrument import Instrument
    from generation.musicgen.options import MusicGenOptions
    from generation.musicgen.part import Part
    from tests.generation.musicgen.peer import Peer
    from tests.models import tiny_musicgen

    torch.set_num_threads(1)
    rows = []
    for channels, bar in ((1, MONO), (2, STEREO)):
        progress(f"codes beside transformers', {channels} channel(s)")
        with tempfile.TemporaryDirectory() as folder:
            peer = Peer(tiny_musicgen(Path(folder), channels))
            instrument = Instrument(folder, "main", MusicGenOptions(top_k=1, device="cpu"))
            theirs = peer.codes(TEXTS, FRAMES, instrument.shape)
            engine = instrument.engine(len(TEXTS), FRAMES)
            engine.seat({row: Part(FRAMES, 0, instrument.words(text), padded=True) for row, text in enumerate(TEXTS)})
            while engine.steps_left(0):
                engine.step()
            ours = np.stack([engine.codes(row, 0, FRAMES).numpy() for row in range(len(TEXTS))])
            rows.append(bar.row(float((ours == theirs).mean()), note=f"{len(np.unique(theirs))} different codes among {theirs.size}"))
    return rows


def _speed() -> list[Row]:
    need("torch", "transformers")
    import torch

    from generation.musicgen.instrument import Instrument
    from generation.musicgen.options import MusicGenOptions
    from generation.musicgen.performance import Prompt, perform
    from tests.generation.musicgen.peer import Peer
    from tests.models import tiny_musicgen

    progress("speed beside transformers'")
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        peer = Peer(tiny_musicgen(Path(folder), layers=LAYERS))
        instrument = Instrument(folder, "main", MusicGenOptions(top_k=1, device="cpu"))
        prompts = [Prompt(text, FRAMES, 0) for text in TEXTS]
        own = _cpu_seconds(lambda: list(perform(instrument, prompts, len(prompts), lambda _: None)))
        other = _cpu_seconds(lambda: peer.codes(TEXTS, FRAMES, instrument.shape))
    told = f"{own:.2f} s of CPU against {other:.2f} s for 3 takes of 4 s, from text to sound, greedy"
    return [SPEED.row(other / own, note=f"{told}; {LAYERS} layers of width 64, one thread, best of {TURNS}")]


def _kernels() -> list[Row]:
    need("torch", "triton")
    import torch

    progress("triton's kernels")
    gpu = torch.cuda.is_available()
    told = os.environ if gpu else {**os.environ, "TRITON_INTERPRET": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-m", "generation.musicgen.proof"], env=told, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unmeasured(f"the proof of the kernels broke: {done.stderr.strip().splitlines()[-1]}")
    errors = json.loads(done.stdout.splitlines()[-1])
    worst = max(errors, key=lambda name: errors[name])
    return [KERNELS.row(errors[worst], note=f"{'on the GPU' if gpu else 'in the interpreter'}, {len(errors)} comparisons, worst: {worst}")]


def _bytes_and_chunks() -> list[Row]:
    need("torch", "transformers")
    import torch

    from generation.musicgen.codec import Codec, context, due
    from generation.musicgen.engine import Engine
    from generation.musicgen.part import Part
    from generation.musicgen.weights import weights_of
    from tests.generation.musicgen.peer import Peer
    from tests.models import tiny_musicgen

    progress("bytes and chunks")
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        peer = Peer(tiny_musicgen(Path(folder)))
    given = torch.from_numpy(np.random.default_rng(0).integers(0, 2048, (4, 200)))
    words = torch.randn(9, 64, generator=torch.Generator().manual_seed(0))

    def logits(int8: bool = False, **options: Any) -> Any:
        weights = weights_of(peer.model.decoder, torch.float32, torch.device("cpu"), int8)
        engine = Engine(weights, 1, 201, **options)
        engine.seat({0: Part(201, 0, words, given=given)})
        return engine.heads()

    exact = logits()
    rows = [
        bar.row(float((logits(**options) - exact).pow(2).mean().sqrt() / exact.std()), note="after 200 frames")
        for bar, options in ((WEIGHTS, {"int8": True}), (CACHE, {"cache": "int8"}), (FP8, {"cache": "fp8"}))
    ]
    codes = torch.from_numpy(np.random.default_rng(1).integers(0, 2048, (1, 4, 800)))
    codec = Codec(peer.model.audio_encoder, 1, torch.device("cpu"))
    whole = codec.decode(codes)[0, 0]
    chunked = []
    for first, last in due(0, 800, finished=True):
        low, high = context(first, last, 800)
        chunked.append(codec.decode(codes[:, :, low:high])[0, 0, (first - low) * codec.hop : (last - low) * codec.hop])
    error = float(np.abs(np.concatenate(chunked) - whole).max() / np.abs(whole).max())
    return [*rows, CHUNKS.row(error, note="16 s, a second of context on both sides, random weights: learnt ones may remember more")]


def _cpu_seconds(work: Callable[[], object]) -> float:
    """The least of some turns: what others do on this machine does not count."""
    work()
    turns = []
    for _ in range(TURNS):
        began = time.process_time()
        work()
        turns.append(time.process_time() - began)
    return min(turns)


def _measurement(bars: tuple[Bar, ...], work: Callable[[], list[Row]], longest_seconds: float) -> Measurement:
    async def rows() -> list[Row]:
        return await asyncio.to_thread(work)

    return Measurement(bars, rows, longest_seconds)


MEASUREMENTS: Final = (
    _measurement((MONO, STEREO), _against_transformers, 300.0),
    _measurement((SPEED,), _speed, 300.0),
    _measurement((KERNELS,), _kernels, 600.0),
    _measurement((WEIGHTS, CACHE, FP8, CHUNKS), _bytes_and_chunks, 300.0),
    *studio_musicgen_gpu.MEASUREMENTS,
)
