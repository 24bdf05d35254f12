"""The tables of config.toml: every setting with its type, its bounds and its default. `config.toml` shows and explains them all."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from sonicforge.sections_composer import StationComposer


def _address_or_network(text: str) -> str:
    ip_network(text, strict=False)  # its ValueError says what is wrong
    return text


def _number(text: object) -> object:
    """An environment's variable is a text."""
    return int(text) if isinstance(text, str) and text.isdecimal() else text


Genre = Literal["drum & bass", "trance", "house", "techno", "ambient", "lo-fi", "synthwave", "downtempo"]
Look = Literal["horizon", "orbit", "strata"]
AddressOrNetwork = Annotated[str, AfterValidator(_address_or_network)]
WebOrigin = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.\-\[\]:]+$")]
StationName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]


class Section(BaseModel):
    """A table of config.toml; a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Server(Section):
    """[server]: where the fronts listen and how many people they bear."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65_535)
    public_url: str = Field("", pattern=r"^(https?://[A-Za-z0-9.\-\[\]:]+/?)?$")
    fronts: int = Field(1, ge=1, le=64)
    max_connections: int = Field(20_000, ge=16, le=1_000_000)
    max_connections_per_address: int = Field(4_096, ge=8, le=1_000_000)
    header_seconds: float = Field(15.0, ge=1, le=120)
    drain_seconds: float = Field(5.0, ge=0, le=300)
    tls_certificate: str = ""
    tls_key: str = ""

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if bool(self.tls_certificate) != bool(self.tls_key):
            raise ValueError("tls_certificate and tls_key come together: the file of the certificate and the file of its key")
        return self


class State(Section):
    """[state]: where everything that the program writes lies."""

    folder: Path = Path("state")
    prepared_megabytes: int = Field(1_500, ge=400, le=1_000_000)


class Media(Section):
    """[media]: the operator's own files."""

    folder: Path = Path("media")
    max_file_megabytes: int = Field(200, ge=1, le=10_000)
    max_minutes: float = Field(30.0, ge=1, le=600)


class Ears(Section):
    """[ears]: what is heard of each track."""

    enabled: bool = True
    essentia: bool = False
    beat_this_weights: str = ""
    clap_weights: str = ""


class Icy(Section):
    """[icy]: the endless HTTP streams."""

    burst_seconds: float = Field(4.0, ge=0.5, le=20)
    queue_kilobytes: int = Field(512, ge=64, le=16_384)
    max_listeners: int = Field(10_000, ge=1, le=1_000_000)


class WebRtc(Section):
    """[webrtc]: listening with less than half a second of delay."""

    enabled: bool = True
    packet_milliseconds: Annotated[Literal[20, 40, 60], BeforeValidator(_number)] = 20
    max_listeners: int = Field(1_000, ge=1, le=100_000)
    max_per_address: int = Field(20, ge=1, le=100_000)
    stun_servers: tuple[Annotated[str, StringConstraints(pattern=r"^stuns?:[A-Za-z0-9.\-\[\]:]+$")], ...] = ()


class Live(Section):
    """[live]: DJs who take over."""

    source_host: str = ""
    source_port: int = Field(8005, ge=0, le=65_535)
    max_sources: int = Field(8, ge=1, le=100)
    silence_seconds: float = Field(2.0, ge=0.5, le=60)
    buffer_seconds: float = Field(0.5, ge=0.1, le=10)
    duck_db: float = Field(-14.0, ge=-40, le=-3)


class Video(Section):
    """[video]: the picture that RTMP targets get beside the sound."""

    bitrate_kilobits: int = Field(3_000, ge=500, le=6_000)
    preset: Literal["ultrafast", "superfast", "veryfast", "faster"] = "veryfast"


class Rtmp(Section):
    """[rtmp]: whom the pusher may call."""

    private_targets: bool = False
    certificate_authority: str = ""


class Aircheck(Section):
    """[aircheck]: what was on air, recorded."""

    programme: bool = True
    shows: bool = True
    keep_days: float = Field(14.0, ge=0.04, le=3_650)
    max_gigabytes: float = Field(4.0, ge=0.01, le=100_000)


class Audience(Section):
    """[audience]: how listeners are counted."""

    country_database: str = ""
    keep_days: float = Field(90.0, ge=1, le=3_650)


class Database(Section):
    """[database]: PostgreSQL. Without a url the house keeps one of its own."""

    url: SecretStr = SecretStr("")
    replica_urls: tuple[SecretStr, ...] = ()
    connections: int = Field(20, ge=10, le=100)
    command_timeout_seconds: float = Field(1.8, ge=0.1, le=60)
    lock_timeout_seconds: float = Field(1.0, ge=0.05, le=60)
    slow_query_seconds: float = Field(0.25, ge=0.001, le=60)
    replica_lag_seconds: float = Field(1.0, ge=0, le=3_600)
    run_as: str = Field("nobody", pattern=r"^[a-z_][a-z0-9_-]{0,31}$")


class Redis(Section):
    """[redis]: a shared store of short-lived keys. Without it each process keeps its own, which is all that one front needs."""

    mode: Literal["auto", "memory", "url", "sentinel"] = "auto"
    url: SecretStr = SecretStr("")
    sentinels: tuple[Annotated[str, StringConstraints(pattern=r"^.+:\d{1,5}$")], ...] = ()
    service: str = Field("mymaster", min_length=1)
    username: str = ""
    password: SecretStr = SecretStr("")
    prefix: str = Field("sonicforge:", pattern=r"^[A-Za-z0-9:._-]*$")
    connections: int = Field(32, ge=1, le=1_000)
    near_entries: int = Field(1_000, ge=1, le=1_000_000)
    near_seconds: float = Field(5.0, ge=0.01, le=300)
    answer_seconds: float = Field(0.15, ge=0.01, le=5)

    @property
    def shared(self) -> bool:
        """Whether there is a server that all processes share."""
        return bool(self.url.get_secret_value() or self.sentinels)

    @model_validator(mode="after")
    def _the_mode_has_its_server(self) -> Self:
        if self.mode == "url" and not self.url.get_secret_value():
            raise ValueError("the mode is url, but no url is given")
        if self.mode == "sentinel" and not self.sentinels:
            raise ValueError("the mode is sentinel, but no sentinels are named")
        return self


class Jobs(Section):
    """[jobs]: work for later, done by workers."""

    seats: int = Field(4, ge=1, le=64)
    lease_seconds: float = Field(30.0, ge=5, le=3_600)
    drain_seconds: float = Field(10.0, ge=0, le=600)
    keep_done_days: float = Field(7.0, ge=0.01, le=3_650)
    keep_dead_days: float = Field(30.0, ge=0.01, le=3_650)


class Security(Section):
    """[security]: whom the house believes, and how much may be asked of it."""

    trusted_proxies: tuple[AddressOrNetwork, ...] = ()
    origins: tuple[WebOrigin, ...] = ()
    hsts_seconds: int = Field(31_536_000, ge=0, le=63_072_000)
    machine_reads: bool = True
    shared_limits: bool = False
    requests_per_minute_per_address: int = Field(6_000, ge=10, le=100_000_000)
    requests_per_minute_per_account: int = Field(6_000, ge=10, le=100_000_000)
    requests_per_second: int = Field(3_000, ge=10, le=1_000_000)
    wrong_credentials_per_minute: int = Field(60, ge=3, le=100_000)


class Secrets(Section):
    """[secrets]: what must not be known outside. Empty: made at the first start and kept in the state folder, 0600."""

    jwt: SecretStr = SecretStr("")
    pepper: SecretStr = SecretStr("")
    stream_keys: SecretStr = SecretStr("")
    cursor: SecretStr = SecretStr("")
    vault_url: str = Field("", pattern=r"^(https?://[^\s]+)?$")
    vault_token: SecretStr = SecretStr("")
    vault_path: str = Field("secret/sonicforge", pattern=r"^[^/\s]+(/[^/\s]+)+$")
    vault_namespace: str = ""


class OAuth(Section):
    """[oauth]: logging in with an account at another house. A provider is offered once it has both its id and its secret."""

    google_client_id: str = ""
    google_client_secret: SecretStr = SecretStr("")
    github_client_id: str = ""
    github_client_secret: SecretStr = SecretStr("")
    spotify_client_id: str = ""
    spotify_client_secret: SecretStr = SecretStr("")

    @property
    def offered(self) -> bool:
        """Whether there is any."""
        return bool(self.google_client_id or self.github_client_id or self.spotify_client_id)

    @model_validator(mode="after")
    def _whole_or_not_at_all(self) -> Self:
        for name in ("google", "github", "spotify"):
            given = bool(getattr(self, f"{name}_client_id")), bool(getattr(self, f"{name}_client_secret").get_secret_value())
            if given[0] != given[1]:
                raise ValueError(f"{name}_client_id and {name}_client_secret come together: the provider gave both")
        return self


class Mail(Section):
    """[mail]: the server that takes the house's letters. Without a host their links are written to the log, for the operator."""

    host: str = ""
    port: int = Field(587, ge=1, le=65_535)
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: SecretStr = SecretStr("")
    sender: str = Field("", max_length=320, pattern=r"^([^\r\n]*[^\s@<]+@[^\s@>]+>?)?$")
    authority: str = ""

    @model_validator(mode="after")
    def _somebody_writes(self) -> Self:
        if self.host and not self.sender:
            raise ValueError('letters need a sender: sender = "Radio <radio@example.org>"')
        if self.password.get_secret_value() and self.encryption == "none":
            raise ValueError("a password is not sent unencrypted: choose starttls or tls")
        return self


class Log(Section):
    """[log]: what the processes say."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class PlugInSettings(Section):
    """One entry of [stations.NAME.mastering] plugins: one of pedalboard's own by its name, or a VST3 or Audio Unit by its file."""

    name: str = Field("", pattern=r"^([A-Z][A-Za-z0-9]*)?$")
    file: str = ""
    part: str = ""
    preset: str = ""
    parameters: dict[str, bool | int | float | str] = {}

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if bool(self.name) == bool(self.file):
            raise ValueError("a plug-in has either a name (one of pedalboard's own) or a file (.vst3, .component)")
        return self


class Mastering(Section):
    """[stations.NAME.mastering]: how the programme sounds."""

    preset: str = Field("radio", min_length=1, max_length=32)
    folder: Path = Path("presets")
    plugins: tuple[PlugInSettings, ...] = Field((), max_length=16)
    plugin_latency_milliseconds: float = Field(10.0, ge=0, le=500)


class StationSettings(Section):
    """[stations.NAME]: one programme."""

    title: str = Field("SonicForge", min_length=1, max_length=100)
    description: str = Field("Music made here, around the clock.", max_length=500)
    genre: str = Field("Electronic", max_length=100)
    studio_genres: tuple[Genre, ...] = Field(("drum & bass", "trance", "house", "techno"), min_length=1)
    studio_seed: int = Field(1, ge=0, le=2**31)
    monetised: bool = False
    yearly_revenue_dollars: int = Field(0, ge=0, le=10**12)
    look: Look = "horizon"
    artist_separation_minutes: float = Field(15.0, ge=0, le=1_440)
    title_separation_minutes: float = Field(60.0, ge=0, le=10_080)
    mastering: Mastering = Mastering()
    composer: StationComposer = StationComposer()

    @model_validator(mode="after")
    def _shares_of_what_it_plays(self) -> Self:
        if strange := set(self.composer.shares) - set(self.studio_genres):
            raise ValueError(f"composer.shares names {', '.join(sorted(strange))}, which is not among studio_genres")
        return self

    @model_validator(mode="before")
    @classmethod
    def _sound_has_a_table(cls, given: object) -> object:
        for key in ("target_lufs", "ceiling_dbtp"):
            if isinstance(given, dict) and key in given:
                raise ValueError(f"{key} is part of a preset now: choose mastering.preset, or write one of your own (docs/mastering.md)")
        return given
