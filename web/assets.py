"""The built front end: which file a page must name, and which file an address may open.

The build's folder is read once. Only files that lay in it then are ever served, so an address cannot climb out of the folder; what
the build named by its content never changes and is cached for a year.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp.web import FileResponse, HTTPNotFound, Request, StreamResponse

STATIC_FOLDER: Final = Path(__file__).parent / "static"
MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""What the front end consists of; nothing else is served."""

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FOR_AN_HOUR: Final = "public, max-age=3600"


class NotBuilt(Exception):
    """The front end has not been built. `make run` builds it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a page must load for one of its scripts; each an address below /static/."""

    script: str
    styles: tuple[str, ...]
    later: tuple[str, ...]
    """Scripts that the first one will ask for, at once or when it needs them: worth fetching early."""
    fonts: tuple[str, ...]
    """Fonts of the basic Latin letters: wanted at once."""


class Assets:
    """The files of one build."""

    def __init__(self, folder: Path = STATIC_FOLDER) -> None:
        """Reads `folder`. A folder without a build is an empty Assets, not an error: stations play on without pages."""
        self._files = {
            path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.suffix in MEDIA_TYPES and path.is_file()
        }
        manifest = self._files.get("manifest.json")
        self._chunks: Mapping[str, Mapping[str, object]] = json.loads(manifest.read_bytes()) if manifest else {}

    def entry(self, source: str) -> Entry:
        """What the script built from `source` (as in `src/player.ts`) needs. Raises NotBuilt."""
        try:
            chunk = self._chunks[source]
        except KeyError:
            raise NotBuilt(source) from None
        shared = self._with_imports(source)
        later = [self._chunks[name] for name in _names(chunk, "dynamicImports")]
        fonts = [name for one in shared for name in _names(one, "assets") if name.endswith(".woff2") and "latin-ext" not in name]
        return Entry(
            script=_address(str(chunk["file"])),
            styles=tuple(_address(name) for one in shared for name in _names(one, "css")),
            later=tuple(_address(str(one["file"])) for one in (*shared[1:], *later)),
            fonts=tuple(_address(name) for name in fonts),
        )

    def _with_imports(self, source: str) -> list[Mapping[str, object]]:
        """A chunk, and whatever it shares with other pages: each once, the chunk itself first."""
        found: dict[str, Mapping[str, object]] = {}
        waiting = [source]
        while waiting:
            name = waiting.pop(0)
            if name not in found:
                found[name] = self._chunks[name]
                waiting += _names(found[name], "imports")
        return list(found.values())

    async def respond(self, request: Request) -> StreamResponse:
        """GET /static/{path}: one file of the build, compressed beforehand where the client takes that."""
        name = request.match_info["path"]
        path = self._files.get(name)
        if path is None:
            raise HTTPNotFound(text="No such file.")
        return FileResponse(
            path,
            headers={
                "Content-Type": MEDIA_TYPES[path.suffix],
                "Cache-Control": _FOR_EVER if name.startswith("assets/") else _FOR_AN_HOUR,
                "X-Content-Type-Options": "nosniff",
                "Cross-Origin-Resource-Policy": "same-origin",
            },
        )


def _names(chunk: Mapping[str, object], key: str) -> list[str]:
    names = chunk.get(key, [])
    assert isinstance(names, list)
    return [str(name) for name in names]


def _address(name: str) -> str:
    return f"/static/{name}"
