"""Where a source wants to and what it says it sends: the mount's path, the content type, the names in its head."""

from collections.abc import Collection
from typing import Final

from server.intake.tags import clean
from server.live.decoder import Title
from server.live.icecast.request import Refusal, Request

CONTENT_TYPES: Final = frozenset(
    {
        *("audio/mpeg", "audio/mp3", "audio/x-mpeg", "audio/mpeg3"),
        *("audio/aac", "audio/aacp", "audio/x-aac", "audio/x-hx-aac-adts"),
        *("application/ogg", "audio/ogg", "audio/x-ogg", "audio/opus", "audio/vorbis", "audio/x-vorbis+ogg"),
        *("audio/flac", "audio/x-flac", "application/flac", "audio/webm", "application/octet-stream"),
    }
)
"""What the stream is in truth, it shows itself: programs get this wrong too often to be believed, FFmpeg's default among them."""


def station_of(path: str, stations: Collection[str]) -> str:
    """The station of a mount: `/main`, and leniently `/main.mp3` or `/main/live`. Raises Refusal."""
    first = path.removeprefix("/").partition("/")[0]
    for name in (first, first.partition(".")[0]):
        if name in stations:
            return name
    raise Refusal(404, f"There is no station {clean(first)[:32] or 'without a name'} here. The mount is the station's name: /main.")


def check_content_type(request: Request) -> None:
    """Raises Refusal. A source that does not say what it sends is let in, as by Icecast."""
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said and said not in CONTENT_TYPES:
        wanted = "MP3 (audio/mpeg), AAC (audio/aac), Opus, Vorbis or FLAC in Ogg (application/ogg), FLAC (audio/flac) or WebM (audio/webm)"
        raise Refusal(415, f"Nobody here plays {clean(said)[:64]}. Send {wanted}.")


def name_of(request: Request) -> Title:
    """What the source calls itself: a title for as long as it says no better one."""
    name = clean(request.headers.get("ice-name", "")) or clean(request.headers.get("ice-description", ""))
    return Title(name)
