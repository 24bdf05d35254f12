"""What is served beside the API, told by hand: sound, titles, pages, probes.

These addresses speak the protocols of players and directories, which no schema describes; one line says what each is for, and links
to docs/addresses.md say the rest. A test demands a line for every route of a front.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
TEXT: Final = "text/plain"
HTML: Final = "text/html"
PLAYLIST: Final = "application/vnd.apple.mpegurl"
MEDIA: Final = "audio/mp4"


@dataclass(frozen=True, slots=True)
class Told:
    """One line on an address, its answers (status -> media type, "" for none) and what may be asked of it."""

    tag: str
    summary: str
    answers: Mapping[int, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    """The media type that must be sent; "" for none."""
    endless: bool = False
    """The answer does not end by itself."""


def _hls(summary: str, media: str, query: Mapping[str, str] = {}) -> Told:
    return Told("sound", summary, {200: media, 400: TEXT, 404: TEXT, 503: TEXT}, query)


def _mount(kind: str, media: str, query: Mapping[str, str] = {}, what: str = "The programme") -> Told:
    asked = {"from": "The packet to begin with: a position of the station's clock.", **query}
    return Told("sound", f"{what} as an endless {kind} stream", {200: media, 404: TEXT, 503: TEXT}, asked, endless=True)


_PREFLIGHT: Final = Told("sound", "Whether a page of another site may play it: it may", {204: ""})
SDP: Final = "application/sdp"
FRAGMENT: Final = "application/trickle-ice-sdpfrag"
_WEBRTC: Final = dict.fromkeys((400, 404, 412, 415, 422, 428, 429, 503), PROBLEM)
_LET_IN: Final = {**_WEBRTC, **dict.fromkeys((401, 403, 413), PROBLEM)}
_CHANGED: Final = {"mount": "Only this mount."}

ELSEWHERE: Final[Mapping[tuple[str, str], Told]] = {
    ("GET", "/hls/{station}/live.m3u8"): _hls("The programme as HLS: master playlist", PLAYLIST),
    ("GET", "/hls/{station}/{rendition}.m3u8"): _hls(
        "One rendition's playlist; blocks until a part is there",
        PLAYLIST,
        {"_HLS_msn": "The media sequence number to wait for.", "_HLS_part": "The part of it.", "_HLS_skip": "YES: a delta update."},
    ),
    ("GET", "/hls/{station}/{tag}/{rendition}/init-{checksum}.mp4"): _hls("A rendition's initialisation section", MEDIA),
    ("GET", "/hls/{station}/{tag}/{rendition}/{segment}.{part}.m4s"): _hls("A part, 0.32 s", MEDIA),
    ("GET", "/hls/{station}/{tag}/{rendition}/{segment}.m4s"): _hls("A segment, 3.84 s", MEDIA),
    ("GET", "/hls/{station}/{anything}"): Told("sound", "Nothing; says so in a way that no cache keeps", {404: TEXT}),
    ("OPTIONS", "/hls/{station}/{anything}"): _PREFLIGHT,
    ("GET", "/listen/{station}/radio.mp3"): _mount("MP3", "audio/mpeg"),
    ("GET", "/listen/{station}/radio.aac"): _mount("AAC", "audio/aac"),
    ("GET", "/listen/{station}/radio.opus"): _mount("Opus", "audio/ogg", {"titles": "inband: a new Ogg stream for each title."}),
    ("GET", "/listen/{station}/unmastered.mp3"): _mount("MP3", "audio/mpeg", what="The programme before mastering"),
    ("OPTIONS", "/listen/{station}/radio.mp3"): _PREFLIGHT,
    ("OPTIONS", "/listen/{station}/radio.aac"): _PREFLIGHT,
    ("OPTIONS", "/listen/{station}/radio.opus"): _PREFLIGHT,
    ("GET", "/listen/{station}.m3u"): Told("sound", "The streams' addresses as M3U", {200: "audio/x-mpegurl", 404: TEXT}),
    ("GET", "/listen/{station}.pls"): Told("sound", "The streams' addresses as PLS", {200: "audio/x-scpls", 404: TEXT}),
    ("OPTIONS", "/whep/{station}"): _PREFLIGHT,
    ("POST", "/whep/{station}"): Told(
        "sound", "The programme by WebRTC (WHEP), for an SDP offer", {201: SDP, 413: PROBLEM, **_WEBRTC}, body=SDP
    ),
    ("OPTIONS", "/whep/{station}/{session}"): _PREFLIGHT,
    ("PATCH", "/whep/{station}/{session}"): Told(
        "sound", "Trickles candidates", {200: "", 204: "", 413: PROBLEM, **_WEBRTC}, body=FRAGMENT
    ),
    ("DELETE", "/whep/{station}/{session}"): Told("sound", "Ends a session of WHEP", {200: "", **_WEBRTC}),
    ("OPTIONS", "/whip/{station}"): _PREFLIGHT,
    ("POST", "/whip/{station}"): Told(
        "live",
        "Goes live by WebRTC (WHIP, RFC 9725), with an SDP offer",
        {201: SDP, **_LET_IN},
        {"mode": "takeover or talk_over.", "title": "What is heard.", "artist": "By whom."},
        body=SDP,
    ),
    ("OPTIONS", "/whip/{station}/{session}/{secret}"): _PREFLIGHT,
    ("PATCH", "/whip/{station}/{session}/{secret}"): Told("live", "Trickles candidates", {200: "", 204: "", **_LET_IN}, body=FRAGMENT),
    ("DELETE", "/whip/{station}/{session}/{secret}"): Told("live", "Ends a session of WHIP", {200: "", **_LET_IN}),
    ("GET", "/status-json.xsl"): Told("now playing", "Mounts and titles in Icecast's shape", {200: JSON}, _CHANGED),
    ("GET", "/api/nowplaying"): Told("now playing", "What every station plays, in AzuraCast's shape", {200: JSON}),
    ("GET", "/api/nowplaying/{station}"): Told("now playing", "What a station plays", {200: JSON, 404: PROBLEM}),
    ("GET", "/api/nowplaying/{station}/art"): Told("now playing", "Leads to the cover of what airs", {302: "", 404: PROBLEM}),
    ("GET", "/api/nowplaying_static/{station}.json"): Told("now playing", "What a station plays", {200: JSON, 404: PROBLEM}),
    ("GET", "/api/nowplaying_static/{station}.txt"): Told("now playing", "Artist and title in one line", {200: TEXT, 404: PROBLEM}),
    ("GET", "/api/station/{station}/art/{track_id}"): Told("now playing", "A track's cover", {200: "image/svg+xml", 304: "", 404: PROBLEM}),
    ("GET", "/api/live/nowplaying/sse"): Told(
        "now playing",
        "What a station plays, pushed as server-sent events",
        {200: "text/event-stream", 400: PROBLEM, 404: PROBLEM, 503: PROBLEM},
        {"cf_connect": "Centrifugo's connect command, as AzuraCast's players send it.", "station": "The station, where there is no such."},
        endless=True,
    ),
    ("GET", "/api/live/nowplaying/websocket"): Told(
        "now playing", "What a station plays, pushed over a WebSocket", {101: "", 400: PROBLEM, 503: PROBLEM}, endless=True
    ),
    ("GET", "/api/time"): Told("now playing", "The station's clock", {200: JSON}),
    ("GET", "/ws/live/{station}"): Told(
        "now playing", "Spectrum frames and events over a WebSocket", {101: "", 400: TEXT, 404: TEXT, 503: TEXT}, endless=True
    ),
    ("GET", "/ws/pipeline/{station}"): Told(
        "studio", "Bookings as they change, over a WebSocket", {101: "", 400: TEXT, 404: TEXT, 503: TEXT}, endless=True
    ),
    ("GET", "/health"): Told("probes", "Whether the stations are heard", {200: JSON, 503: JSON}),
    ("GET", "/health/detailed"): Told("probes", "Each part of the house, its state and the reason", {200: JSON, 503: JSON}),
    ("GET", "/ready"): Told("probes", "Whether new listeners should be sent here", {200: JSON, 503: JSON}),
    ("GET", "/live"): Told("probes", "Whether this process turns", {200: JSON}),
    ("GET", "/metrics"): Told("probes", "Figures for Prometheus", {200: TEXT}),
    ("GET", "/"): Told("pages", "The player of the default station", {200: HTML, 503: HTML}),
    ("GET", "/public/{station}"): Told("pages", "A station's player", {200: HTML, 404: HTML, 503: HTML}),
    ("GET", "/public/{station}/embed"): Told("pages", "A station's player for other sites' pages", {200: HTML, 404: HTML, 503: HTML}),
    ("GET", "/oembed"): Told(
        "pages",
        "What a page elsewhere makes of a link to a station (oEmbed 1.0)",
        {200: JSON, 404: TEXT, 501: TEXT},
        {"url": "The link.", "maxwidth": "Pixels.", "maxheight": "Pixels.", "format": "json; nothing else is spoken."},
    ),
    ("GET", "/static/{path}"): Told("pages", "A file of the pages", {200: "*/*", 404: TEXT}),
    ("GET", "/account"): Told("pages", "To log in and out, and where the links of letters lead", {200: HTML, 503: HTML}),
    ("GET", "/dj"): Told("pages", "The DJ's desk of the default station", {200: HTML, 503: HTML}),
    ("GET", "/dj/{station}"): Told("pages", "The DJ's desk", {200: HTML, 404: HTML, 503: HTML}),
    ("GET", "/studio"): Told("pages", "The studio of the default station", {200: HTML, 503: HTML}),
    ("GET", "/studio/{station}"): Told("pages", "A station's studio", {200: HTML, 404: HTML, 503: HTML}),
    ("GET", "/outs"): Told("pages", "The ways out of the default station", {200: HTML, 503: HTML}),
    ("GET", "/outs/{station}"): Told("pages", "A station's ways out", {200: HTML, 404: HTML, 503: HTML}),
    ("GET", "/docs"): Told("pages", "This document, to read", {200: HTML, 503: HTML}),
    ("GET", "/openapi.json"): Told("pages", "This document", {200: JSON, 304: ""}),
    ("GET", "/api/docs"): Told("pages", "Leads to /docs", {301: ""}),
    ("GET", "/api/redoc"): Told("pages", "Leads to /docs", {301: ""}),
}
"""(method, address as OpenAPI writes it) -> what to say of it."""
