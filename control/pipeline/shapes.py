"""What is asked of the pipeline and what it tells: bookings, takes, agents, what one may still book."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

from asyncpg import Record
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from control.api.paging import PageQuery
from control.jobs.job import Job, Queue, State
from control.jobs.run import JobFailed
from control.pipeline.booking import Booked, Trial
from control.pipeline.repository import Booking, scores_of
from control.pipeline.service import Allowance
from control.pipeline.wish import Wish
from control.principal import Principal
from control.stations.wishes import StationName

MOST_AT_ONCE: Final = 20


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class OfBooking(_Sent):
    """Which booking is meant."""

    id: UUID


class Commissioned(Wish):
    """A wish for one take."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"genre": "house", "mood": "warm", "bpm": 124, "key": "A minor", "seconds": 180}]},
    )

    air: Annotated[bool, Field(description="Queue it when it is made. Takes the permission `station:queue:write`.")] = False

    def wish(self) -> Wish:
        """Without what is not the brief's."""
        return Wish.model_construct(**{name: getattr(self, name) for name in Wish.model_fields})


class Batch(_Sent):
    """Several wishes: all are booked, or none."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"briefs": [{"genre": "house"}, {"words": "two minutes of calm lo-fi"}]}]},
    )

    briefs: Annotated[list[Wish], Field(min_length=1, max_length=MOST_AT_ONCE)]
    air: Annotated[bool, Field(description="Queue each when it is made. Takes the permission `station:queue:write`.")] = False


class TrialWished(Trial):
    """How long the takes are that are made to measure."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"seconds": 30}]})


class BookingsQuery(PageQuery):
    """Which bookings, and which page of them."""

    station: StationName | None = None
    state: Annotated[State | None, Field(description="Where they stand.")] = None
    mine: Annotated[bool, Field(description="One's own alone. Others see no others' anyway.")] = False


class TakesQuery(PageQuery):
    """Which station's takes, and which page of them."""

    station: StationName | None = None


class What(StrEnum):
    """What was booked."""

    TAKE = "take"
    BENCHMARK = "benchmark"


class PassageTold(_Told):
    """One section."""

    name: str = Field(examples=["drop"])
    bars: int


class BriefTold(_Told):
    """The brief as it is made: with all that was chosen for it."""

    genre: str
    mood: str = Field(examples=["warm"])
    words: str = Field(examples=["three minutes of warm house"])
    bpm: float | None
    key: str | None = Field(examples=["A minor"])
    seconds: float
    seed: int
    sections: list[PassageTold]


class MadeTold(_Told):
    """The take that came of it."""

    track_id: str
    title: str
    artist: str
    seconds: float
    bpm: float
    key: str = Field(examples=["A minor"])
    backend: str = Field(examples=["procedural"])
    licence: str
    commercial_ok: bool = Field(description="Whether a station that earns money may air it.")
    attribution: str = Field(description="The credit that has to be shown; empty if none has to.", examples=[""])
    scores: dict[str, float] = Field(description="The critic's, by their names; `score` is the sum of them all, 0 to 100.")
    entry_id: str | None = Field(default=None, description="Its place in the queue, if it was to be queued.")
    not_queued: str | None = Field(
        default=None, description="Why the station did not queue it; it is in the library all the same.", examples=["The queue is full."]
    )


class BackendMeasured(_Told):
    """One backend's measurement."""

    backend: str = Field(examples=["procedural"])
    licence: str
    commercial_ok: bool
    weights: str = Field(description="Model and revision; empty where there are none.", examples=[""])
    revision: str = Field(default="", examples=["2"])
    audio_seconds: float | None = Field(default=None, description="How much music it made.")
    took_seconds: float | None = Field(default=None, description="Loading of weights included.")
    audio_seconds_per_second: float | None = None
    resident_bytes: int | None = Field(default=None, description="The most memory that its process held meanwhile.")
    error: str | None = Field(default=None, description="Why it made nothing.", examples=["no weights: see docs/musicgen.md"])


class BookingTold(_Told):
    """A job of the pipeline."""

    id: UUID
    booked: What
    station: str
    state: State
    queue: Queue = Field(description="How urgent it is: by who booked it, and his plan.")
    ahead: int | None = Field(description="How many are done before it; null once it is being done.")
    progress: float = Field(ge=0, le=1)
    progress_words: str
    attempts: int
    cancel_asked: bool
    mine: bool
    air: bool
    brief: BriefTold | None = Field(description="Null for a benchmark.")
    take: MadeTold | None = Field(description="When it is made.")
    benchmark: list[BackendMeasured] | None = Field(description="When the backends are measured.")
    error: str | None = Field(description="Why it failed, or why its last attempt did.")
    created_at: AwareDatetime
    started_at: AwareDatetime | None
    finished_at: AwareDatetime | None


class BatchTold(_Told):
    """What was booked, in the order of the briefs."""

    items: list[BookingTold]


class TakeTold(_Told):
    """A take in the library."""

    track_id: str
    title: str
    artist: str
    genre: str
    seconds: float
    bpm: float | None
    key: str | None = Field(examples=["A minor"])
    backend: str = Field(examples=["procedural"])
    licence: str
    commercial_ok: bool
    attribution: str = Field(examples=[""])
    scores: dict[str, float] = Field(description="The critic's, by their names.")
    made_at: AwareDatetime
    aired_at: AwareDatetime | None = Field(description="When it aired last; null if it never did.")


class AgentTold(_Told):
    """One of those who make the programme."""

    agent: str = Field(examples=["critic"])
    state: str = Field(description="working, idle, resting or away.", examples=["idle"])
    doing: str = Field(examples=["hearing Night Signal"])
    last_decision: str = Field(examples=["accepted Night Signal: 83 of 100"])
    decided_at: AwareDatetime | None
    cost_dollars: float = Field(description="Today.")
    errors_total: int
    last_error: str = Field(examples=[""])
    figures: dict[str, float] = Field(description="What else it counts.", examples=[{"heard_total": 40, "approved_total": 38}])
    told_at: AwareDatetime | None = Field(description="When it last said so; null: it never did.")


class StudioTold(_Told):
    """How a station's studio stands."""

    station: str
    agents: list[AgentTold] = Field(description="Composer, producer, critic, DJ.")
    waiting_takes: int = Field(description="Approved takes that nobody has heard yet.")
    buffer_minutes: float = Field(description="How long they last.")
    approval_rate: float | None = Field(description="The share of takes that the critic has accepted; null before the first.")
    day: date
    spent_dollars: float = Field(description="Today (UTC), by all agents.")


class AllowanceTold(_Told):
    """What one may still have made today."""

    can_generate: bool
    why_not: str | None = Field(examples=["The plan free includes 3 takes a day, of which 0 are left."])
    takes_a_day: int | None = Field(description="Null: any number.")
    booked: int
    left: int | None = Field(description="Null: any number.")
    resets_at: AwareDatetime
    credits: int | None = Field(description="Null: nothing costs any.")
    batch: bool = Field(description="Whether several may be booked by one request.")


def booking_told(booking: Booking, ahead: int | None, *, mine: bool) -> BookingTold:
    """A booking, as one may know it who booked it himself, or did not."""
    job = booking.job
    result = job.result if job.state is State.DONE else None
    making = booking.booked is not None
    return BookingTold(
        id=job.id,
        booked=What.TAKE if making else What.BENCHMARK,
        station=booking.station,
        state=job.state,
        queue=job.queue,
        ahead=ahead,
        progress=round(job.progress, 3),
        progress_words=job.progress_words,
        attempts=job.attempts,
        cancel_asked=job.cancel_asked,
        mine=mine,
        air=booking.booked.air if booking.booked else False,
        brief=_brief_told(booking.booked) if booking.booked else None,
        take=MadeTold.model_validate(result) if result and making else None,
        benchmark=_measured(result) if result and not making else None,
        error=_error(job),
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )


def take_told(row: Record) -> TakeTold:
    """A row of the library's."""
    provenance, scores = scores_of(row["provenance"])
    return TakeTold(
        track_id=row["id"],
        title=row["title"],
        artist=row["artist"],
        genre=row["genre"],
        seconds=round(row["seconds"], 2),
        bpm=row["bpm"],
        key=row["musical_key"],
        backend=provenance.get("backend", ""),
        licence=row["licence"],
        commercial_ok=provenance.get("commercial_ok") == "yes",
        attribution=provenance.get("attribution", ""),
        scores=scores,
        made_at=row["created_at"],
        aired_at=row["aired_at"],
    )


def allowance_told(allowance: Allowance, asker: Principal) -> AllowanceTold:
    """With the reason where nothing more can be booked."""
    left = allowance.left
    why = f"The plan {asker.tier} includes {allowance.takes_a_day} takes a day, of which none is left." if left == 0 else None
    if why is None and allowance.credits == 0:
        why = "No credits are left."
    return AllowanceTold(
        can_generate=why is None,
        why_not=why,
        takes_a_day=allowance.takes_a_day,
        booked=allowance.booked,
        left=left,
        resets_at=allowance.resets_at,
        credits=allowance.credits,
        batch=allowance.batch,
    )


def _brief_told(booked: Booked) -> BriefTold:
    sections = [PassageTold(name=name, bars=bars) for name, bars in booked.sections]
    return BriefTold(**booked.model_dump(exclude={"station", "air", "sections"}), sections=sections)


def _measured(result: dict[str, Any]) -> list[BackendMeasured]:
    return [BackendMeasured.model_validate(record) for record in result["backends"]]


def _error(job: Job) -> str | None:
    return job.error.removeprefix(f"{JobFailed.__name__}: ") if job.error and job.state is not State.DONE else None
