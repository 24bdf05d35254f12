"""What stream control says and takes of the mastering: what it is set to, what it could be set to, and the wish to set it."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from dsp.block import SAMPLE_RATE
from server.console.console import air_ranges
from server.insert.plug_in import InsertStanding, InsertState
from server.wire.wire import MasteringStanding

PresetName = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[a-z0-9][a-z0-9_-]*$", examples=["loud"])]


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class PresetShown(_Told):
    """A preset that may be chosen."""

    name: str
    why: str


class InsertTold(_Told):
    """The operator's plug-ins."""

    state: InsertState = Field(description="off: there are none. in: they are heard. dry: the sound goes past. waiting: they come back.")
    wanted: bool = Field(description="Whether they are to be heard.")
    plug_ins: list[str]
    reason: str = Field(description="Why they were last out; empty if they never were.")
    starts_total: int
    late_blocks_total: int = Field(description="Blocks of 20 ms that went past them because they were not back in time.")
    latency_ms: float


class Bounds(_Told):
    """What a number may be."""

    least: float
    most: float


class MasteringTold(_Told):
    """How a station's sound is mastered."""

    station: str
    preset: str
    changed: bool = Field(description="Whether something was changed in the preset since it was chosen.")
    settings: dict[str, Any] = Field(description="All of them, as a preset's TOML has them.", examples=[{"servo": {"target_lufs": -16.0}}])
    bounds: dict[str, Bounds] = Field(
        description="Of every number, by its path.", examples=[{"servo.target_lufs": {"least": -31.0, "most": -9.0}}]
    )
    presets: list[PresetShown]
    insert: InsertTold


class MasteringWish(BaseModel):
    """What to set. What is left out, or null, stays; all of it is done, or nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"preset": "loud"}]})

    preset: PresetName | None = None
    settings: dict[str, Any] = Field(
        {}, max_length=32, description="Changes of the preset, or of what is set now.", examples=[{"servo": {"target_lufs": -15.0}}]
    )
    insert: bool | None = Field(None, description="Whether the operator's plug-ins are heard.")


def mastering_told(station: str, standing: MasteringStanding) -> MasteringTold:
    """As the engine last told it."""
    return MasteringTold(
        station=station,
        preset=standing.preset,
        changed=standing.changed,
        settings=standing.settings,
        bounds={path: Bounds(least=least, most=most) for path, (least, most) in air_ranges().items()},
        presets=[PresetShown(name=preset.name, why=preset.why) for preset in standing.presets],
        insert=_insert(standing.insert, standing.insert_wanted),
    )


def _insert(insert: InsertStanding, wanted: bool) -> InsertTold:
    return InsertTold(
        state=insert.state,
        wanted=wanted,
        plug_ins=list(insert.plug_ins),
        reason=insert.reason,
        starts_total=insert.starts_total,
        late_blocks_total=insert.late_blocks_total,
        latency_ms=round(1000 * insert.latency_frames / SAMPLE_RATE, 2),
    )
