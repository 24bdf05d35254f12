"""A file of the house as an answer: its own name, no other content than was said, and nothing that could act in a browser."""

from pathlib import Path
from typing import Final, Literal

from aiohttp.web import FileResponse

_HARMLESS: Final = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}


def file_answer(file: Path, media_type: str, disposition: Literal["attachment", "inline"], cache: str) -> FileResponse:
    """The file, or a Range of it if one is asked for. `cache`: who may keep it, and for how long (Cache-Control)."""
    named = f'{disposition}; filename="{file.name}"'
    return FileResponse(file, headers={"Content-Type": media_type, "Content-Disposition": named, "Cache-Control": cache, **_HARMLESS})
