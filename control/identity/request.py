"""Where the guard leaves what it knows of a request, for whoever comes after it.

The guard alone writes these; a service reads them through its `Call`. They are typed keys, so a misspelt one does not pass mypy.
"""

from typing import Final

from aiohttp.web import RequestKey

from control.principal import Principal

PRINCIPAL: Final = RequestKey("principal", Principal)
"""Who asks; set before any endpoint runs, ANONYMOUS if nobody in particular."""

CLIENT: Final = RequestKey("client", str)
"""The address the request came from, as text, behind whatever proxies are trusted."""

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""
