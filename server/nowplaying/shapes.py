"""AzuraCast's now-playing document, field by field, so that what reads its API reads ours. Our own exact fields stand beside.

Times are UNIX seconds, whole where AzuraCast's are; lengths are seconds. Addresses are absolute.
"""

from msgspec import Struct, field


class ListenerCounts(Struct, frozen=True):
    total: int
    unique: int
    current: int
    """The same as total; AzuraCast keeps it for old clients."""


class Mount(Struct, frozen=True):
    id: int
    name: str
    url: str
    bitrate: int
    """kbit/s."""
    format: str
    listeners: ListenerCounts
    path: str
    is_default: bool


class Station(Struct, frozen=True):
    id: int
    name: str
    shortcode: str
    description: str
    listen_url: str | None
    url: str
    public_player_url: str
    playlist_pls_url: str
    playlist_m3u_url: str
    mounts: list[Mount]
    hls_url: str | None
    hls_listeners: int
    hls_enabled: bool = True
    hls_is_default: bool = True
    is_public: bool = True
    requests_enabled: bool = False
    frontend: str = "sonicforge"
    backend: str = "sonicforge"
    timezone: str = "UTC"
    remotes: list[Mount] = field(default_factory=list)


class Live(Struct, frozen=True):
    is_live: bool = False
    """A DJ is heard: instead of the music or over it."""
    streamer_name: str = ""
    broadcast_start: int | None = None
    """When he went on air."""
    art: str | None = None


class Song(Struct, frozen=True):
    id: str
    art: str
    text: str
    artist: str
    title: str
    album: str
    genre: str
    licence: str = ""
    """Of the model that made it, SPDX where there is one; empty where none did."""
    attribution: str = ""
    """The credit that this licence asks for: whoever shows the song shows it."""
    isrc: str = ""
    lyrics: str = ""
    custom_fields: list[str] = field(default_factory=list)


class PlayedSong(Struct, frozen=True):
    sh_id: int
    played_at: int
    duration: int
    song: Song
    playlist: str
    started_position: int
    """The first frame of it on the station's sample clock."""
    ends_position: int
    """The first frame after it; of what airs, if nothing intervenes. Of what is live now, `started_position`: nobody knows."""
    audible_at: dict[str, float]
    """Output -> UNIX seconds at which its listeners hear the first frame."""
    streamer: str = ""
    is_request: bool = False


class CurrentSong(PlayedSong, frozen=True, kw_only=True):
    elapsed: int
    remaining: int


class NextSong(Struct, frozen=True):
    cued_at: int
    played_at: int
    duration: float
    song: Song
    playlist: str
    audible_at: dict[str, float]
    """As above, if nothing intervenes."""
    segue: str = ""
    """How what airs is planned to give way to it, in plain words; empty as long as nothing is planned."""
    is_request: bool = False


class NowPlaying(Struct, frozen=True):
    station: Station
    listeners: ListenerCounts
    live: Live
    now_playing: CurrentSong | None
    playing_next: NextSong | None
    song_history: list[PlayedSong]
    is_online: bool
    cache: str
    epoch: float | None
    """UNIX seconds of position 0."""
    position: int | None
    """On air when this was written."""
    sample_rate: int
