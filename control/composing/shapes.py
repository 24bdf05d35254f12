"""What is asked and told of the composer."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from asyncpg import Record
from pydantic import BaseModel, ConfigDict, Field

from control.composing.standing import ComposerStanding, ProviderStanding
from control.stations.wishes import StationName
from generation.bandit.arm import Arm
from generation.bandit.belief import CREDIBILITY, Belief, beliefs
from generation.composer.variants import NAMES, PRIORS

_MICRO = 1_000_000


class OfStation(BaseModel):
    """Which station is meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    station: StationName


class BeliefTold(BaseModel):
    """What is believed of one variant."""

    model_config = ConfigDict(frozen=True)

    variant: str = Field(examples=["driving"])
    mean: float = Field(description="How well it is thought to be liked, 0 to 1.", examples=[0.62])
    low: float = Field(examples=[0.55])
    high: float = Field(description="It is liked by between low and high, with the credibility that stands above.", examples=[0.69])
    votes: float = Field(description="The evidence that is still remembered; an airing is at most one.", examples=[88.4])
    airings: int = Field(description="That were ever counted.", examples=[140])
    best: float = Field(description="How likely it is the best of its genre; the four together are 1.", examples=[0.71])


class GenreBeliefs(BaseModel):
    """What is believed of the variants of one genre."""

    model_config = ConfigDict(frozen=True)

    genre: str = Field(examples=["house"])
    variants: list[BeliefTold]


class BeliefList(BaseModel):
    """What a station believes its listeners like."""

    model_config = ConfigDict(frozen=True)

    credibility: float = Field(examples=[0.9])
    genres: list[GenreBeliefs]


class ProviderTold(BaseModel):
    """A provider of language models."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(examples=["groq"])
    state: str = Field(description="well, sickly (asked last) or resting (not asked).", examples=["well"])
    health: float = Field(description="The share of calls that did well lately.", examples=[0.97])
    rests_seconds: float = Field(description="How long it will be left alone, as of told_at.", examples=[0.0])
    answers_total: int = Field(examples=[210])
    repairs_total: int = Field(description="Answers that fitted the second time.", examples=[3])
    failures_total: int = Field(examples=[6])
    last_failure: str = Field(examples=["too many calls"])


class SpentTold(BaseModel):
    """Calls of one ending to one model today."""

    model_config = ConfigDict(frozen=True)

    provider: str = Field(examples=["groq"])
    model: str = Field(examples=["llama-3.3-70b-versatile"])
    ending: str = Field(examples=["valid"])
    calls: int = Field(examples=[210])
    tokens_in: int = Field(examples=[168_000])
    tokens_out: int = Field(examples=[21_000])
    dollars: float = Field(examples=[0.1157])


class ComposerTold(BaseModel):
    """A station's composer, and what the house has spent on language models on this day (UTC)."""

    model_config = ConfigDict(frozen=True)

    told_at: datetime | None = Field(description="When the composer last said how it stands; null if it never did.")
    by_rules_total: int = Field(description="Briefs that no model composed, since the composer started.", examples=[4])
    by_model_total: int = Field(examples=[210])
    from_shelf_total: int = Field(description="Those of them whose idea was had ahead: one of several, or of a batch.", examples=[60])
    unanswered_total: int = Field(description="Times that no model gave a valid answer.", examples=[4])
    memory_away_total: int = Field(description="Variants drawn without knowing what was learnt.", examples=[0])
    providers: list[ProviderTold]
    day: date
    budget_dollars: float = Field(examples=[1.0])
    spent_dollars: float = Field(description="With what is set aside for calls that are being made.", examples=[0.1157])
    spent: list[SpentTold]


def beliefs_told(known: Mapping[str, Mapping[str, tuple[Arm, int]]]) -> BeliefList:
    """All genres of which anything is known."""
    return BeliefList(
        credibility=CREDIBILITY,
        genres=[
            GenreBeliefs(
                genre=genre,
                variants=[_belief_told(belief, arms) for belief in beliefs({name: arm for name, (arm, _) in arms.items()}, NAMES, PRIORS)],
            )
            for genre, arms in known.items()
        ],
    )


def composer_told(
    standing: tuple[ComposerStanding, datetime] | None,
    day: date,
    budget_microdollars: int,
    spent_microdollars: int,
    calls: Sequence[Record],
) -> ComposerTold:
    """Zeros for a composer that never spoke."""
    latest, told_at = standing or (ComposerStanding(0, 0, 0, 0), None)
    return ComposerTold(
        told_at=told_at,
        by_rules_total=latest.by_rules_total,
        by_model_total=latest.by_model_total,
        from_shelf_total=latest.from_shelf_total,
        unanswered_total=latest.unanswered_total,
        memory_away_total=latest.memory_away_total,
        providers=[_provider_told(provider) for provider in latest.providers],
        day=day,
        budget_dollars=budget_microdollars / _MICRO,
        spent_dollars=spent_microdollars / _MICRO,
        spent=[_spent_told(call) for call in calls],
    )


def _belief_told(belief: Belief, arms: Mapping[str, tuple[Arm, int]]) -> BeliefTold:
    return BeliefTold(
        variant=belief.name,
        mean=round(belief.mean, 4),
        low=round(belief.low, 4),
        high=round(belief.high, 4),
        votes=round(belief.votes, 2),
        airings=arms[belief.name][1] if belief.name in arms else 0,
        best=round(belief.best, 4),
    )


def _provider_told(provider: ProviderStanding) -> ProviderTold:
    return ProviderTold(
        name=provider.name,
        state=provider.state,
        health=provider.health,
        rests_seconds=provider.rests_seconds,
        answers_total=provider.answers_total,
        repairs_total=provider.repairs_total,
        failures_total=provider.failures_total,
        last_failure=provider.last_failure,
    )


def _spent_told(call: Record) -> SpentTold:
    return SpentTold(
        provider=call["provider"],
        model=call["model"],
        ending=call["ending"],
        calls=call["calls"],
        tokens_in=call["tokens_in"],
        tokens_out=call["tokens_out"],
        dollars=call["microdollars"] / _MICRO,
    )
