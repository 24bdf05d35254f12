"""The whole configuration, and how it is read (its tables: sonicforge/sections.py).

A setting comes from the environment (`SONICFORGE_SERVER__PORT`), else from the file, else from the default here. What is not
understood is refused with a sentence that names where it stands and what is allowed; nothing is guessed.
"""

import os
import tomllib
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from sonicforge.sections import (
    Aircheck,
    Audience,
    Database,
    Ears,
    Icy,
    Jobs,
    Live,
    Log,
    Mail,
    Mastering,
    Media,
    OAuth,
    PlugInSettings,
    Redis,
    Rtmp,
    Secrets,
    Security,
    Server,
    State,
    StationName,
    StationSettings,
    Video,
    WebRtc,
)
from sonicforge.sections_composer import Composer, Llm, LlmProvider, StationComposer
from sonicforge.sections_studio import Studio

PREFIX = "SONICFORGE_"


class InvalidConfiguration(Exception):
    """The configuration cannot be used; the text says where it is wrong and what is allowed."""


class Settings(BaseSettings):
    """The whole configuration."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    server: Server = Server()
    state: State = State()
    media: Media = Media()
    studio: Studio = Studio()
    composer: Composer = Composer()
    llm: Llm = Llm()
    ears: Ears = Ears()
    icy: Icy = Icy()
    webrtc: WebRtc = WebRtc()
    live: Live = Live()
    video: Video = Video()
    rtmp: Rtmp = Rtmp()
    aircheck: Aircheck = Aircheck()
    audience: Audience = Audience()
    database: Database = Database()
    redis: Redis = Redis()
    jobs: Jobs = Jobs()
    security: Security = Security()
    secrets: Secrets = Secrets()
    oauth: OAuth = OAuth()
    mail: Mail = Mail()
    log: Log = Log()
    stations: dict[StationName, StationSettings] = Field({"main": StationSettings()}, min_length=1)

    @field_validator("stations", mode="before")
    @classmethod
    def _main_is_there(cls, stations: object) -> object:
        """Overriding one key of `main` by the environment must not need a file."""
        return stations or {"main": {}}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before the file, which load() hands in as init values; nothing else."""
        return env_settings, init_settings


def load(file: Path | None = None) -> Settings:
    """The settings of `file` (default: config.toml here, if there is one) under the environment's.

    Raises InvalidConfiguration.
    """
    values, source = _read(file)
    _refuse_unknown_names()
    _take_up_database(values)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise InvalidConfiguration("\n".join(_sentence(dict(problem), source) for problem in error.errors())) from None
    if settings.oauth.offered and not settings.server.public_url:
        raise InvalidConfiguration(
            f"{source}: oauth has a provider, so server.public_url must say where browsers see us: https://radio.example"
        )
    if settings.studio.min_seconds > settings.studio.max_seconds:
        raise InvalidConfiguration(f"{source}: studio.min_seconds must not be above studio.max_seconds")
    return settings


def _read(file: Path | None) -> tuple[dict[str, Any], str]:
    if file is None:
        file = Path("config.toml")
        if not file.exists():
            return {}, "defaults"
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")), str(file)
    except FileNotFoundError:
        raise InvalidConfiguration(f"{file}: there is no such file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidConfiguration(f"{file}: {error}") from None


def _take_up_database(values: dict[str, Any]) -> None:
    """DATABASE_URL and DATABASE_REPLICA_URLS, as hosts of programs set them, before the file; our own names win over both."""
    url, replica_urls = os.environ.get("DATABASE_URL"), os.environ.get("DATABASE_REPLICA_URLS")
    named = {"url": url, "replica_urls": replica_urls and replica_urls.replace(",", " ").split()}
    given = {key: value for key, value in named.items() if value}
    if given and isinstance(values.setdefault("database", {}), dict):
        values["database"].update(given)


def _refuse_unknown_names() -> None:
    """A misspelt SONICFORGE_SERVRE__PORT would otherwise be ignored in silence."""
    sections = sorted(Settings.model_fields)
    for name in os.environ:
        if name.startswith(PREFIX) and "__" in name and name[len(PREFIX) :].split("__")[0].lower() not in sections:
            raise InvalidConfiguration(f"environment {name}: no such section; there are {', '.join(sections)}")


def _sentence(problem: dict[str, Any], source: str) -> str:
    """One line of plain words for one error of pydantic's."""
    path = [str(step) for step in problem["loc"]]
    variable = PREFIX + "__".join(step.upper() for step in path)
    where = f"environment {variable}" if variable in os.environ else f"{source}: {'.'.join(path)}"
    if problem["type"] == "extra_forbidden":
        return f"{where}: unknown key; allowed here: {', '.join(_siblings(path[:-1]))}"
    given = problem.get("input")
    secret = path[0] == Secrets.__name__.lower() or "url" in path[-1] or path[-1] == "key"
    shown = "" if secret or isinstance(given, dict | BaseModel) or problem["type"] == "missing" else f" (given: {given!r})"
    hint = (
        f"; its unit is in its name: a plain number of {unit}" if (unit := _unit(path[-1])) and problem["type"].endswith("_parsing") else ""
    )
    return f"{where}: {problem['msg'][0].lower()}{problem['msg'][1:]}{hint}{shown}"


def _siblings(path: list[str]) -> list[str]:
    """The keys that are allowed in the table at `path`."""
    if not path:
        return sorted(Settings.model_fields)
    if path[0] == "stations":
        tables: dict[str, type[BaseModel]] = {"mastering": Mastering, "plugins": PlugInSettings, "composer": StationComposer}
        table = next((tables[step] for step in reversed(path[2:]) if step in tables), StationSettings)
        return sorted(table.model_fields)
    if path[:2] == ["llm", "provider"]:
        return sorted(LlmProvider.model_fields)
    section = cast("type[BaseModel]", Settings.model_fields[path[0]].annotation)
    for step in path[1:]:
        section = cast("type[BaseModel]", section.model_fields[step].annotation)
    return sorted(section.model_fields)


def _unit(key: str) -> str:
    return next((unit for unit in ("seconds", "minutes", "megabytes", "kilobytes", "lufs", "dbtp") if key.endswith(f"_{unit}")), "")
