"""What a source says it plays, beside its sound: the words of `/admin/metadata`, read in whatever way old programs write them."""

import codecs
from typing import Final
from urllib.parse import parse_qsl

from server.intake.tags import clean
from server.live.decoder import Title
from server.live.icecast.request import Refusal

MOST_FIELDS: Final = 32
_CHARSETS: Final = frozenset(
    {
        *("utf-8", "ascii", "iso8859-1", "koi8-r", "koi8-u", "shift_jis", "euc_jp", "euc_kr", "gbk", "gb18030", "big5"),
        *(f"iso8859-{number}" for number in range(2, 17)),
        *(f"cp{number}" for number in range(1250, 1259)),
    }
)
"""By the names that Python gives them. Not everything that Python calls a codec is a charset, and some are slow on purpose."""
_BETWEEN: Final = " - "


def fields_of(query: str) -> dict[str, str]:
    """The fields of a query, decoded by the charset that is one of them; without it UTF-8 or, where it is none, Latin-1.

    Raises Refusal.
    """
    charset = dict(_pairs(query, "latin1")).get("charset", "")
    if not charset:
        try:
            return dict(_pairs(query, "utf-8"))
        except UnicodeDecodeError:
            return dict(_pairs(query, "latin1"))
    try:
        return dict(_pairs(query, _codec(charset)))
    except UnicodeDecodeError:
        raise Refusal(400, f"The title is not written in {clean(charset)[:32]}.") from None


def title_of(fields: dict[str, str]) -> Title:
    """The title in `song`, or in `title` and `artist`. Raises Refusal where there is none."""
    song, title, artist = (clean(fields.get(name, "")) for name in ("song", "title", "artist"))
    if not title and not song:
        raise Refusal(400, "The request says no title: song, or title and artist.")
    return Title(title, artist) if title and artist else split(Title(title or song, artist))


def split(said: Title) -> Title:
    """`Artist - Title` in two, where the artist is not said otherwise."""
    artist, between, title = (part.strip() for part in said.title.partition(_BETWEEN))
    return Title(title, artist) if not said.artist and between and artist and title else said


def _codec(charset: str) -> str:
    try:
        name = codecs.lookup(charset[:32]).name
    except (LookupError, ValueError):
        name = ""
    if name not in _CHARSETS:
        raise Refusal(400, f"Nobody here knows the charset {clean(charset)[:32]}.")
    return name


def _pairs(query: str, charset: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, encoding=charset, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError:
        raise
    except ValueError:
        raise Refusal(400, f"The request has more than {MOST_FIELDS} fields.") from None
