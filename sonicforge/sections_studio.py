"""[studio] of config.toml and the tables in it: who makes the station's own music, how much of it waits, and what the critic lets pass."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints, model_validator

from sonicforge.sections import Section

BackendName = Literal["auto", "acestep", "musicgen", "remote", "procedural"]
DType = Literal["auto", "bfloat16", "float16", "float32"]
DEVICE = r"^(auto|cpu|mps|cuda(:\d+)?)$"


class CriticSettings(Section):
    """[studio.critic]: beyond any of these limits a take is refused; see generation/critic/limits.py."""

    quietest_lufs: float = Field(-30.0, ge=-70, le=0)
    loudest_lufs: float = Field(-6.0, ge=-30, le=20)
    silent_share: float = Field(0.10, ge=0, le=1)
    longest_hole_seconds: float = Field(2.0, ge=0.1, le=600)
    clipped_share: float = Field(1e-4, ge=0, le=1)
    offset: float = Field(0.01, ge=0, le=1)
    least_correlation: float = Field(-0.2, ge=-1, le=1)
    greatest_imbalance_db: float = Field(12.0, ge=0, le=200)
    greatest_flatness: float = Field(0.35, ge=0, le=1)
    greatest_self_similarity: float = Field(0.98, ge=0, le=1)
    least_pulse: float = Field(0.35, ge=0, le=1)
    loudest_end_db: float = Field(-18.0, ge=-39, le=100)
    length_share: float = Field(0.05, ge=0, le=1)
    length_seconds: float = Field(8.0, ge=0, le=600)
    greatest_likeness: float = Field(0.98, ge=0, le=1)
    least_score: float = Field(20.0, ge=0, le=100)
    aesthetics_weights: str = ""
    clap_weights: str = ""


class MusicGenSettings(Section):
    """[studio.musicgen]: see docs/musicgen.md."""

    model: str = "facebook/musicgen-stereo-medium"
    revision: str = "main"
    download: bool = False
    device: str = Field("auto", pattern=DEVICE)
    dtype: DType = "auto"
    most_at_once: int = Field(8, ge=1, le=64)
    weights: Literal["full", "int8"] = "full"
    cache: Literal["full", "int8", "fp8"] = "full"


class AceStepSettings(Section):
    """[studio.acestep]."""

    model: str = "ACE-Step/acestep-v15-xl-turbo-diffusers"
    revision: str = "main"
    download: bool = False
    device: str = Field("auto", pattern=DEVICE)
    dtype: DType = "auto"
    offload: bool = False
    steps: int = Field(8, ge=1, le=200)
    most_at_once: int = Field(4, ge=1, le=8)


class RemoteSettings(Section):
    """[studio.remote]: see docs/remote.md."""

    urls: tuple[Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$")], ...] = ()
    key: SecretStr = SecretStr("")
    dialect: Literal["signed", "runpod"] = "signed"
    own_network: bool = False
    most_at_once: int = Field(8, ge=1, le=64)


class Studio(Section):
    """[studio]: tracks that the station makes itself."""

    enabled: bool = True
    backends: tuple[BackendName, ...] = Field(("auto",), min_length=1)
    buffer_minutes: float = Field(30.0, ge=1, le=1_440)
    keep: int = Field(40, ge=4, le=100_000)
    min_seconds: float = Field(130.0, ge=30, le=600)
    max_seconds: float = Field(230.0, ge=30, le=600)
    best_of: int = Field(4, ge=1, le=64)
    rounds: int = Field(3, ge=1, le=20)
    longest_minutes: float = Field(15.0, ge=0.5, le=1_440)
    threads: int = Field(1, ge=1, le=256)
    critic: CriticSettings = CriticSettings()
    musicgen: MusicGenSettings = MusicGenSettings()
    acestep: AceStepSettings = AceStepSettings()
    remote: RemoteSettings = RemoteSettings()

    @model_validator(mode="before")
    @classmethod
    def _minutes_not_takes(cls, given: object) -> object:
        if isinstance(given, dict) and "ahead" in given:
            raise ValueError("ahead counted takes; say how many minutes of music are to wait: buffer_minutes = 30 (docs/studio.md)")
        return given


def weights_folder(written: str) -> Path | None:
    """A folder of weights as the operator wrote it; None where he wrote none."""
    return Path(written).expanduser() if written else None
