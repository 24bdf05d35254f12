"""Who makes the takes: what the configuration names, else what the machine can."""

from pathlib import Path

import pytest

from sonicforge.config import Settings, load
from sonicforge.wiring.studio_choice import Machine, choose, may_be_refused


def settings(folder: Path, text: str) -> Settings:
    file = folder / "config.toml"
    file.write_text(text)
    return load(file)


def machine(gpu: str = "nvidia", packages: bool = True, model: bool = True) -> Machine:
    return Machine(gpu, lambda _: packages, lambda _: model)


@pytest.mark.parametrize(
    ("text", "there", "names", "why"),
    [
        ("", machine(), ("acestep", "procedural"), "there is a GPU (nvidia)"),
        ("", machine(gpu=""), ("procedural",), "no GPU"),
        ("", machine(packages=False), ("procedural",), "pip install 'sonicforge[acestep]'"),
        ("", machine(model=False), ("procedural",), "set studio.acestep.download"),
        ("[studio.acestep]\ndownload = true", machine(model=False), ("acestep", "procedural"), "GPU"),
        ("[studio]\nbackends = ['musicgen']", machine(gpu=""), ("musicgen", "procedural"), "musicgen is configured"),
        ("[studio]\nbackends = ['procedural', 'remote']", machine(), ("procedural", "remote"), "procedural is configured"),
        ("[studio]\nbackends = ['remote', 'auto']", machine(), ("remote", "acestep", "procedural"), "remote is configured"),
    ],
)
def test_the_choice_and_its_reason(tmp_path: Path, text: str, there: Machine, names: tuple[str, ...], why: str) -> None:
    choice = choose(settings(tmp_path, text), there)
    assert choice.names == names
    assert why in choice.why


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("", False),
        ("[studio]\nbackends = ['musicgen']", True),
        ("[stations.main]\nmonetised = true", True),
        ("[studio]\nenabled = false\n[stations.main]\nmonetised = true", False),
    ],
)
def test_whether_it_is_worth_looking(tmp_path: Path, text: str, worth: bool) -> None:
    assert may_be_refused(settings(tmp_path, text)) is worth
