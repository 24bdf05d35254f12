"""What stream control answers: how a station stands, what is queued, what a command did."""

from collections.abc import Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from control.stations.desk import Station
from dsp.block import seconds_of
from server.nowplaying.document import heard_seat
from server.nowplaying.listeners import Audience
from server.programme.turns import endless, gives_way_at
from server.segue_plan import Curve, SegueKind, SeguePlan
from server.track import Airing, Entry, Reason
from server.wire.wire import Meters


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class Sounding(StrEnum):
    """What is heard now."""

    PROGRAMME = "programme"
    LIVE = "live"
    """A DJ, instead of the music."""
    BED = "bed"
    """After `stop`, or while nothing may air."""
    LOOP = "loop"
    """The emergency loop: the engine is away."""


class EntryTold(_Told):
    """A track's place in the rundown."""

    entry_id: str
    track_id: str
    title: str
    artist: str
    album: str
    genre: str
    seconds: float
    reason: str = Field(description="queue: somebody asked for it. library, studio: the rundown chose it. live: a DJ took over.")


class SegueTold(_Told):
    """How one track gives way to the next."""

    kind: SegueKind
    why: str = Field(description="What is done and for what reason, in plain words.")
    enters: str = Field(description="The entry that comes.")
    begins_at: float = Field(description="UNIX seconds.")
    begins_position: int
    overlap_seconds: float = Field(description="How long both are heard.")
    curve: Curve
    correlation: float = Field(description="How much the two have in common where they meet, -1 to 1.")
    bars: int | None = Field(description="On the beat over so many bars; null otherwise.")
    coming_speed: float | None = Field(
        description="How fast the coming track goes at first, 1 being as it was made; null if not on the beat."
    )


class AiringTold(_Told):
    """What airs."""

    entry: EntryTold
    started_at: float = Field(description="UNIX seconds.")
    ends_at: float | None = Field(description="UNIX seconds; null while a DJ is live: nobody knows.")
    started_position: int = Field(description="Frames of the station's clock, 48,000 a second.")
    ends_position: int = Field(description="While a DJ is live, the same as started_position.")
    elapsed_seconds: float
    remaining_seconds: float = Field(description="0 while a DJ is live.")
    segue: SegueTold | None = Field(description="By which planned segue it came on air.")


class LevelsTold(_Told):
    """What the meters read on the mastered bus; -70 stands for silence."""

    momentary_lufs: float
    short_term_lufs: float
    integrated_lufs: float
    true_peak_dbtp: float
    gain_reduction_db: float = Field(description="Of the limiter.")
    range_lu: float = Field(description="Loudness range since the engine's start.")
    band_reductions_db: list[float] = Field(description="Of the four compressors, from the lowest band to the highest.")
    servo_gain_db: float = Field(description="What the loudness servo adds.")
    preset: str = Field(description="Which preset of the mastering is set.")


class ListenersTold(_Told):
    """Who hears this front's outputs now."""

    total: int
    unique: int


class StandingTold(_Told):
    """How well it stands; only for those who may know."""

    fallback_level: int = Field(description="0 programme, 1 bed, 2 emergency loop.")
    dead_air_seconds: float
    buffer_seconds: float
    late_ticks_total: int
    skipped_frames_total: int
    engine_connected: bool


class StatusTold(_Told):
    """How a station stands."""

    station: str
    title: str
    sounding: Sounding
    position: int
    epoch: float | None = Field(description="UNIX seconds of position 0; null before the engine has spoken.")
    airing: AiringTold | None
    dj: str | None = Field(description="Who is live and heard, instead of the music or over it.")
    upcoming: list[EntryTold]
    segue: SegueTold | None = Field(description="How what airs is planned to give way to the first of upcoming; null until that is known.")
    levels: LevelsTold | None
    listeners: ListenersTold
    standing: StandingTold | None


class QueueTold(_Told):
    """The rundown as far as it is decided: what was asked for, then what the rundown chose."""

    station: str
    queue: list[EntryTold]
    planned: list[EntryTold]
    segue: SegueTold | None = Field(description="How what airs is planned to give way to the first of both; null until that is known.")


class DoneTold(_Told):
    """A command was applied."""

    position: int
    entry_id: str | None = Field(description="The entry that was made or ended.")


def status(station: Station, audience: Audience, *, whole: bool) -> StatusTold:
    """The station as it is now; with its standing if `whole`."""
    on_air, meters, seat = station.on_air, station.meters, heard_seat(station.live)
    return StatusTold(
        station=station.station,
        title=station.hello.title if station.hello else station.station,
        sounding=_sounding(station),
        position=station.position_now(),
        epoch=station.hello.epoch if station.hello else None,
        airing=_airing(station, on_air.airing) if on_air else None,
        dj=seat.session.dj if seat else None,
        upcoming=_entries(on_air.upcoming if on_air else []),
        segue=_coming(station),
        levels=_levels(meters) if meters else None,
        listeners=ListenersTold(total=audience.total, unique=audience.unique),
        standing=_standing(station, meters) if whole and meters else None,
    )


def queue(station: Station) -> QueueTold:
    """What is queued, and what the rundown has chosen behind it."""
    upcoming = station.on_air.upcoming if station.on_air else []
    asked = [entry for entry in upcoming if entry.reason is Reason.QUEUE]
    chosen = [entry for entry in upcoming if entry.reason is not Reason.QUEUE]
    return QueueTold(station=station.station, queue=_entries(asked), planned=_entries(chosen), segue=_coming(station))


def _sounding(station: Station) -> Sounding:
    if station.filling or station.on_air is None:
        return Sounding.LOOP
    reason = station.on_air.airing.entry.reason
    if reason is Reason.LOOP:
        return Sounding.LOOP
    if reason is Reason.LIVE:
        return Sounding.LIVE
    return Sounding.BED if reason is Reason.BED else Sounding.PROGRAMME


def _airing(station: Station, airing: Airing) -> AiringTold:
    position = station.position_now()
    begun = airing.started_position - airing.offset_frames
    return AiringTold(
        entry=_entry(airing.entry),
        started_at=round(station.wall_of(airing.started_position), 3),
        ends_at=None if endless(airing) else round(station.wall_of(airing.ends_position), 3),
        started_position=airing.started_position,
        ends_position=airing.ends_position,
        elapsed_seconds=round(max(0.0, seconds_of(position - begun)), 3),
        remaining_seconds=round(max(0.0, seconds_of(airing.ends_position - position)), 3),
        segue=_segue(station, airing.segue, airing.started_position) if airing.segue else None,
    )


def _coming(station: Station) -> SegueTold | None:
    on_air = station.on_air
    if on_air is None or on_air.segue is None:
        return None
    return _segue(station, on_air.segue, gives_way_at(on_air.airing, on_air.segue))


def _segue(station: Station, plan: SeguePlan, begins_position: int) -> SegueTold:
    return SegueTold(
        kind=plan.kind,
        why=plan.why,
        enters=plan.enters,
        begins_at=round(station.wall_of(begins_position), 3),
        begins_position=begins_position,
        overlap_seconds=round(seconds_of(plan.overlap_frames), 3),
        curve=plan.curve,
        correlation=plan.correlation,
        bars=plan.beat.bars if plan.beat else None,
        coming_speed=plan.beat.coming_speed if plan.beat else None,
    )


def _entries(entries: Sequence[Entry]) -> list[EntryTold]:
    return [_entry(entry) for entry in entries]


def _entry(entry: Entry) -> EntryTold:
    track = entry.track
    return EntryTold(
        entry_id=entry.id,
        track_id=track.id,
        title=track.title,
        artist=track.artist,
        album=track.album,
        genre=track.genre,
        seconds=round(seconds_of(track.cue_out_frames - track.cue_in_frames), 3),
        reason=entry.reason.value,
    )


def _levels(meters: Meters) -> LevelsTold:
    levels = meters.levels
    return LevelsTold(
        momentary_lufs=levels.momentary_lufs,
        short_term_lufs=levels.short_term_lufs,
        integrated_lufs=levels.integrated_lufs,
        true_peak_dbtp=levels.true_peak_dbtp,
        gain_reduction_db=levels.gain_reduction_db,
        range_lu=levels.range_lu,
        band_reductions_db=list(levels.band_reductions_db),
        servo_gain_db=levels.servo_gain_db,
        preset=levels.preset,
    )


def _standing(station: Station, meters: Meters) -> StandingTold:
    standing = meters.standing
    return StandingTold(
        fallback_level=standing.fallback_level,
        dead_air_seconds=standing.dead_air_seconds,
        buffer_seconds=standing.buffer_seconds,
        late_ticks_total=standing.late_ticks_total,
        skipped_frames_total=standing.skipped_frames_total,
        engine_connected=station.connected,
    )
