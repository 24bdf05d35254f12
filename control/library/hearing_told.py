"""What the ears say of a track, as it is told: times in seconds, keys in three notations."""

from pydantic import BaseModel, ConfigDict, Field

from dsp.block import SAMPLE_RATE, seconds_of
from dsp.hearing import BeatGrid, Hearing, Key, Tempo


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class LoudnessTold(_Told):
    """EBU R 128."""

    integrated_lufs: float
    range_lu: float
    true_peak_dbtp: float


class CuesTold(_Told):
    """Places in the track, from its first sample."""

    cue_in_seconds: float
    start_next_seconds: float = Field(description="Where the next track may begin under it.")
    cue_out_seconds: float


class OtherTempo(_Told):
    """A tempo that fits too."""

    bpm: float
    share: float = Field(description="Of the best one's strength, 0 to 1.")


class TempoTold(_Told):
    """How fast it goes."""

    bpm: float = Field(description="0 where nothing beats.")
    confidence: float
    alternatives: list[OtherTempo]


class GridTold(_Told):
    """Evenly spaced beats: beat n lies at first_beat_seconds + n * 60 / bpm; n = downbeat (mod beats_a_bar) are the ones."""

    bpm: float
    first_beat_seconds: float
    downbeat: int
    beats_a_bar: int
    confidence: float = Field(description="Below 0.5 no transition is timed by it.")


class KeyTold(_Told):
    """What key it is in."""

    name: str
    camelot: str
    open_key: str
    confidence: float
    tuning_cents: float = Field(description="How far its A4 lies from 440 Hz.")


class QualityTold(_Told):
    """What is wrong with it as a recording."""

    score: float
    faults: list[str]
    measures: dict[str, float]


class HearingTold(_Told):
    """All that the ears say."""

    loudness: LoudnessTold
    cues: CuesTold = Field(description="As they were heard. A track airs by its own, which tags may have set.")
    tempo: TempoTold
    grid: GridTold | None = Field(description="None: its beats cannot be told, or do not keep time.")
    key: KeyTold
    energy: float
    quality: QualityTold
    features_model: str


def hearing_told(hearing: Hearing) -> HearingTold:
    """As it is told."""
    loudness, cues, quality = hearing.loudness, hearing.cues, hearing.quality
    return HearingTold(
        loudness=LoudnessTold(integrated_lufs=loudness.integrated_lufs, range_lu=loudness.range_lu, true_peak_dbtp=loudness.true_peak_dbtp),
        cues=cues_told(cues.cue_in_frames, cues.start_next_frames, cues.cue_out_frames),
        tempo=_tempo(hearing.tempo),
        grid=_grid(hearing.grid) if hearing.grid else None,
        key=_key(hearing.key),
        energy=hearing.energy,
        quality=QualityTold(score=quality.score, faults=list(quality.faults), measures=quality.measures),
        features_model=hearing.features_model,
    )


def cues_told(cue_in_frames: int, start_next_frames: int, cue_out_frames: int) -> CuesTold:
    """In seconds."""
    cue_in, start_next, cue_out = (round(seconds_of(frames), 3) for frames in (cue_in_frames, start_next_frames, cue_out_frames))
    return CuesTold(cue_in_seconds=cue_in, start_next_seconds=start_next, cue_out_seconds=cue_out)


def _tempo(tempo: Tempo) -> TempoTold:
    others = [OtherTempo(bpm=bpm, share=share) for bpm, share in tempo.alternatives]
    return TempoTold(bpm=tempo.bpm, confidence=tempo.confidence, alternatives=others)


def _grid(grid: BeatGrid) -> GridTold:
    first = grid.first_beat_frames / SAMPLE_RATE
    return GridTold(
        bpm=grid.bpm, first_beat_seconds=first, downbeat=grid.downbeat, beats_a_bar=grid.beats_a_bar, confidence=grid.confidence
    )


def _key(key: Key) -> KeyTold:
    return KeyTold(name=key.name, camelot=key.camelot, open_key=key.open_key, confidence=key.confidence, tuning_cents=key.tuning_cents)
