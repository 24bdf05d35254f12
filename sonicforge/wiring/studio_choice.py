"""Which backends of the studio are asked, in which order, and why: by the configuration and by what this machine has.

Nothing heavy is imported: whoever only wants to say it need not load what makes the music.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from sonicforge.config import Settings

PROCEDURAL: Final = "procedural"
ACESTEP: Final = "acestep"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which backends are asked, in order, and why."""

    names: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Machine:
    """What the choice depends on."""

    gpu: str
    """What there is: nvidia, amd, apple; empty for none."""
    has: Callable[[str], bool]
    """Whether a Python package is installed."""
    has_model: Callable[[str], bool]
    """Whether a model's weights lie on this machine: a folder, or a name in Hugging Face's cache."""


def this_machine() -> Machine:
    """Looks without loading anything: a GPU's driver is seen by its files."""
    return Machine(_gpu(), lambda name: find_spec(name) is not None, _has_model)


def choose(settings: Settings, machine: Machine) -> Choice:
    """What the configuration names; for auto acestep where it can work, else our own composer. He is always last."""
    wanted = settings.studio.backends
    names, why = list[str](), []
    for one in wanted:
        name, reason = _auto(settings, machine) if one == "auto" else (one, f"{one} is configured")
        why.append(reason)
        if name not in names:
            names.append(name)
    if PROCEDURAL not in names:
        names.append(PROCEDURAL)
    return Choice(tuple(names), f"{names[0]} makes the takes: {why[0]}.")


def may_be_refused(settings: Settings) -> bool:
    """Whether it is worth looking if the stations may air what the backends make, which costs a second."""
    named = settings.studio.backends != ("auto",)
    return settings.studio.enabled and (named or any(station.monetised for station in settings.stations.values()))


def _auto(settings: Settings, machine: Machine) -> tuple[str, str]:
    wanted = settings.studio.acestep
    if not machine.gpu:
        return PROCEDURAL, "there is no GPU for acestep"
    missing = [name for name in ("torch", "diffusers", "transformers") if not machine.has(name)]
    if missing:
        return PROCEDURAL, f"there is a GPU ({machine.gpu}), but acestep needs {', '.join(missing)}: pip install 'sonicforge[acestep]'"
    if not (wanted.download or machine.has_model(wanted.model)):
        return PROCEDURAL, f"there is a GPU ({machine.gpu}), but {wanted.model} is not on this machine: set studio.acestep.download"
    return ACESTEP, f"there is a GPU ({machine.gpu}) and its licence permits it"


def _gpu() -> str:
    if any(Path("/proc/driver/nvidia/gpus").glob("*")) or Path("/dev/nvidia0").exists():
        return "nvidia"
    if Path("/dev/kfd").exists():
        return "amd"
    return "apple" if sys.platform == "darwin" and os.uname().machine == "arm64" else ""


def _has_model(name: str) -> bool:
    if Path(name).expanduser().is_dir():
        return True
    home = Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser()
    cache = Path(os.environ.get("HF_HUB_CACHE", str(home / "hub"))).expanduser()
    return (cache / f"models--{name.replace('/', '--')}" / "snapshots").is_dir()
