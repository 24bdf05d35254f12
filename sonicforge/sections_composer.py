"""The tables of config.toml that say who composes: [composer], [llm] with a table a provider, and [stations.NAME.composer].

The supervisor imports it too, so nothing heavy stands behind it.
"""

from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator, model_validator

from generation.brief import GENRES
from generation.composer.idea import MOODS
from generation.errors import InvalidBrief
from generation.llm.presets import provider_of
from generation.llm.provider import Provider

ProviderName = Literal["ollama", "vllm", "groq", "gemini", "deepseek", "openai", "anthropic", "other"]
_URL: Final = r"^(https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._/\-]*)?)?$"


class _Section(BaseModel):
    """A table; a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Composer(_Section):
    """[composer]: how briefs come to be."""

    timezone: str = "UTC"
    exploration: float = Field(0.04, ge=0.0, le=0.5)
    memory_votes: float = Field(2_000.0, ge=50, le=1_000_000)
    ideas_at_once: int = Field(3, ge=1, le=16)
    plan_hours: int = Field(0, ge=0, le=48)

    @field_validator("timezone")
    @classmethod
    def _there_is_such_a_zone(cls, name: str) -> str:
        try:
            if name != "UTC":
                ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError('there is no such time zone here; it is named like "Europe/Berlin"') from None
        return name

    @field_validator("plan_hours")
    @classmethod
    def _a_plan_is_worth_it(cls, hours: int) -> int:
        if hours == 1:
            raise ValueError("a plan has 2 hours or more; 0 makes none")
        return hours


class LlmProvider(_Section):
    """[llm.provider.NAME]: what is wanted otherwise than it is known of that provider."""

    key: SecretStr = SecretStr("")
    url: str = Field("", pattern=_URL)
    model: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\s]*$")] = ""
    dollars_per_million_in: float | None = Field(None, ge=0, le=1_000_000)
    dollars_per_million_out: float | None = Field(None, ge=0, le=1_000_000)
    json_mode: Literal["", "schema", "object"] = ""
    timeout_seconds: float | None = Field(None, ge=1, le=600)
    own_network: bool | None = None
    calls_at_once: int | None = Field(None, ge=1, le=64)
    choices_at_once: int | None = Field(None, ge=1, le=64)
    batching: Literal["", "none", "openai", "anthropic"] = ""

    def provider(self, name: str, key: str = "") -> Provider:
        """With that key. Raises InvalidBrief if something has to be stated that is not."""
        stated: dict[str, Any] = self.model_dump(exclude={"key"}, exclude_none=True)
        return provider_of(name, key, **{field: value for field, value in stated.items() if value != ""})


class Llm(_Section):
    """[llm]: language models that have the composer's ideas. Without providers, rules have them."""

    providers: tuple[ProviderName, ...] = ()
    budget_dollars_a_day: float = Field(1.0, ge=0, le=100_000)
    seconds: float = Field(45.0, ge=1, le=110)
    provider: dict[ProviderName, LlmProvider] = {}

    def stated(self, name: str) -> LlmProvider:
        """Of a provider, by its name."""
        return next((one for known, one in self.provider.items() if known == name), LlmProvider())

    @property
    def budget_microdollars(self) -> int:
        """For a day."""
        return round(self.budget_dollars_a_day * 1_000_000)

    @model_validator(mode="after")
    def _each_is_whole(self) -> Self:
        if len(set(self.providers)) != len(self.providers):
            raise ValueError("providers names one twice")
        for name in self.providers:
            try:
                self.stated(name).provider(name)
            except InvalidBrief as fault:
                raise ValueError(str(fault)) from None
        return self


class StationComposer(_Section):
    """[stations.NAME.composer]: what one station's composer keeps to."""

    shares: dict[str, Annotated[float, Field(gt=0, le=1_000)]] = {}
    moods: Annotated[tuple[str, ...], Field(max_length=4)] = ()
    follows_the_clock: bool = True

    @field_validator("shares")
    @classmethod
    def _of_genres_that_there_are(cls, shares: dict[str, float]) -> dict[str, float]:
        if unknown := set(shares) - set(GENRES):
            raise ValueError(f"{', '.join(sorted(unknown))} is no genre of the studio; there are {', '.join(GENRES)}")
        return shares

    @field_validator("moods")
    @classmethod
    def _words_that_are_heeded(cls, moods: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := set(moods) - set(MOODS):
            raise ValueError(f"{', '.join(sorted(unknown))} is no word of mood; there are {', '.join(MOODS)}")
        return moods
