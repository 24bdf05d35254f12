"""The real pipeline, loaded by the real code, with a model of nearly no size."""

import gc
import shutil
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generation.acestep.backend import AceStep
from generation.acestep.instrument import FRAME_TOKENS, TOKENS, Instrument, NoRoom
from generation.acestep.options import AceStepOptions
from generation.acestep.wording import word
from generation.brief import Brief
from generation.errors import BackendAway, CalledOff, GenerationFailed
from tests.generation.acestep.tiny import write_tiny_model
from tests.models import models

models()
pytestmark = pytest.mark.real
CPU = AceStepOptions(device="cpu", steps=2)
BRIEF = Brief("drum & bass", 7, 30.0, 174.0, "A minor")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("acestep"))


@pytest.fixture(scope="module")
def instrument(model: Path) -> Instrument:
    return Instrument(str(model), "main", CPU)


def play(instrument: Instrument, *briefs: Brief) -> list[np.ndarray]:
    return instrument.play([word(brief) for brief in briefs], [brief.seed for brief in briefs], lambda *_: None)


def test_a_take_by_the_whole_backend(model: Path) -> None:
    ace = AceStep(str(model), options=CPU)
    take = ace.make(BRIEF)
    assert take.samples.shape == (2, 48_000 * 30)
    assert np.isfinite(take.samples).all()
    assert float(np.abs(take.samples).max()) > 0.01
    assert take.bpm == 174.0
    ace.close()


def test_a_seed_is_a_take_alone_or_in_company(instrument: Instrument) -> None:
    other = Brief("drum & bass", 8, 30.0, 174.0, "A minor")
    [alone] = play(instrument, BRIEF)
    together = play(instrument, BRIEF, other)
    assert np.abs(together[0] - alone).max() < 1e-4 * np.abs(alone).max()
    assert np.abs(together[1] - alone).max() > 0.1 * np.abs(alone).max()


def test_tempo_and_key_reach_the_model(instrument: Instrument) -> None:
    """Its tokenizer knows the word 174 and no other number."""
    [one] = play(instrument, BRIEF)
    [other] = play(instrument, Brief("drum & bass", 7, 30.0, 170.0, "A minor"))
    [major] = play(instrument, Brief("drum & bass", 7, 30.0, 174.0, "A major"))
    assert not np.array_equal(one, other)
    assert not np.array_equal(one, major)


def test_a_caption_too_long_does_not_cut_the_tempo_off(instrument: Instrument) -> None:
    long = {"words": "storm " * 160}
    [one] = play(instrument, Brief("drum & bass", 7, 30.0, 174.0, "A minor", **long))
    [other] = play(instrument, Brief("drum & bass", 7, 30.0, 170.0, "A minor", **long))
    assert not np.array_equal(one, other)
    cut = instrument._cut("word " * 900)
    assert len(cut.split()) <= TOKENS - FRAME_TOKENS


def test_each_step_and_each_sound_is_told_of(instrument: Instrument) -> None:
    heard: list[tuple[float, str]] = []
    instrument.play([word(BRIEF)] * 2, [1, 2], lambda done, doing: heard.append((done, doing)))
    assert [doing for _, doing in heard] == ["step 1 of 2", "step 2 of 2", "sound 1 of 2", "sound 2 of 2"]
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)


@pytest.mark.parametrize("moment", ["step 1", "sound 1"])
def test_called_off(instrument: Instrument, moment: str) -> None:
    def told(_done: float, doing: str) -> None:
        if doing.startswith(moment):
            raise CalledOff

    with pytest.raises(CalledOff):
        instrument.play([word(BRIEF)], [1], told)
    assert len(play(instrument, BRIEF)) == 1


class Full:
    """A decoder that finds no memory, as libraries say it."""

    def __init__(self, error: Exception, real: Any) -> None:
        self.error, self.real = error, real

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def decode(self, latents: Any) -> Any:
        self.seen = weakref.ref(latents)
        raise self.error


def test_a_full_memory_is_told_from_a_fault_and_given_back(model: Path) -> None:
    import torch

    instrument = Instrument(str(model), "main", CPU)
    real = instrument._pipeline.vae
    for error, raised in (
        (torch.OutOfMemoryError("CUDA out of memory"), NoRoom),
        (MemoryError(), NoRoom),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"), NoRoom),
        (RuntimeError("device-side assert triggered"), GenerationFailed),
    ):
        full = Full(error, real)
        instrument._pipeline.register_modules(vae=real)
        object.__setattr__(instrument._pipeline, "vae", full)
        with pytest.raises(raised):
            play(instrument, BRIEF)
        error.__traceback__ = None
        gc.collect()
        assert full.seen() is None, "the latents are still held"


def test_closed_it_holds_nothing(model: Path) -> None:
    instrument = Instrument(str(model), "main", CPU)
    weights = weakref.ref(instrument._pipeline.transformer)
    instrument.close()
    assert weights() is None


def test_what_is_missing_is_said(tmp_path: Path, model: Path) -> None:
    with pytest.raises(BackendAway, match="not fetched unless download is set"):
        Instrument(str(tmp_path / "nowhere"), "main", CPU)
    with pytest.raises(BackendAway, match="no GPU that torch can use"):
        Instrument(str(model), "main", AceStepOptions(device="cuda"))
    with pytest.raises(BackendAway, match="no device"):
        Instrument(str(model), "main", AceStepOptions(device="toaster"))


def test_a_folder_with_something_else_in_it(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline", "unet": ["os", "system"]}')
    with pytest.raises(BackendAway, match="cannot be loaded"):
        Instrument(str(tmp_path), "main", CPU)


def test_weights_that_could_run_a_program_are_not_read(tmp_path: Path, model: Path) -> None:
    """A pickle does what it likes when it is opened."""
    import torch

    folder = tmp_path / "model"
    shutil.copytree(model, folder)
    [weights] = (folder / "vae").glob("*.safetensors")
    weights.unlink()
    torch.save({"anything": torch.zeros(1)}, folder / "vae" / "diffusion_pytorch_model.bin")
    with pytest.raises(BackendAway, match="cannot be loaded"):
        Instrument(str(folder), "main", CPU)


def test_a_model_that_wants_guidance_is_guided(tmp_path: Path) -> None:
    base = write_tiny_model(tmp_path / "base", turbo=False)
    [strong] = play(Instrument(str(base), "main", replace(CPU, guidance=7.0)), BRIEF)
    [weak] = play(Instrument(str(base), "main", replace(CPU, guidance=1.0)), BRIEF)
    assert np.isfinite(strong).all()
    assert not np.array_equal(strong, weak)
