from pathlib import Path

import pytest

from generation.errors import BackendAway
from generation.musicgen.instrument import Instrument
from generation.musicgen.options import MusicGenOptions
from tests.models import models

models("torch", "transformers")


def test_says_what_to_do_where_there_are_no_weights(tmp_path: Path) -> None:
    with pytest.raises(BackendAway, match="hf download nobody/nothing --revision abc, or name a folder"):
        Instrument("nobody/nothing", "abc", MusicGenOptions())
    with pytest.raises(BackendAway, match="cannot be loaded"):
        Instrument(str(tmp_path), "main", MusicGenOptions())


def test_refuses_another_kind_of_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "t5"}')
    with pytest.raises(BackendAway, match="is a t5, not a MusicGen"):
        Instrument(str(tmp_path), "main", MusicGenOptions())


def test_a_gpu_that_is_not_there_is_missed() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    from generation.musicgen.instrument import device_of

    with pytest.raises(BackendAway, match="no GPU"):
        device_of("cuda")
    assert device_of("auto") == device_of("cpu") == "cpu"


def test_the_revision_tells_one_folder_of_weights_from_another(mono: Path, stereo: Path) -> None:
    revisions = [Instrument(str(folder), "main", MusicGenOptions()).revision for folder in (mono, mono, stereo)]
    assert revisions[0] == revisions[1] != revisions[2]
    assert revisions[0].startswith("folder-")


def test_the_engine_is_kept_while_it_fits(mono: Path) -> None:
    instrument = Instrument(str(mono), "main", MusicGenOptions())
    engine = instrument.engine(2, 100)
    assert instrument.engine(2, 50) is engine
    assert instrument.engine(3, 50) is not engine


def test_a_long_text_is_cut(mono: Path) -> None:
    assert Instrument(str(mono), "main", MusicGenOptions()).words("x" * 500).shape == (64, 64)
