"""What an audited detail may hold: small plain values, and nothing that opens a door.

Callers should not hand in secrets at all. This is the second lock: a value under a name that promises a secret, or one that looks like
a key or a token of ours, is withheld, so that a careless caller puts a hole into the log and not a secret.
"""

import re
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

Value = TypeVar("Value")
WITHHELD: Final = "[withheld]"
SECRET_NAMES: Final = re.compile(r"passw|secret|token|cookie|authoriz|pepper|digest|verifier|credential|recovery|totp|otp\b", re.IGNORECASE)
SECRET_EXACTLY: Final = frozenset({"key", "api_key", "apikey", "code", "state", "nonce", "jwt"})
LOOKS_SECRET: Final = re.compile(r"\bsf_[0-9A-Za-z]{8,32}_[0-9A-Za-z]{16,}|\beyJ[\w-]{8,}\.[\w-]+")
CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]+")
LONGEST_TEXT: Final = 500
MOST_ITEMS: Final = 50
DEEPEST: Final = 4


def fit(value: Value, depth: int = 0) -> Value:
    """The value cleaned, cut to size and made of JSON's types; its kind (text, list, table) stays."""
    return _fit(value, depth)  # type: ignore[no-any-return]


def _fit(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str | UUID):
        text = str(value)[: 2 * LONGEST_TEXT].encode("utf-8", "replace").decode()
        return CONTROLS.sub(" ", LOOKS_SECRET.sub(WITHHELD, text))[:LONGEST_TEXT]
    if depth == DEEPEST:
        return "[too deep]"
    if isinstance(value, dict):
        return {_fit(str(name), depth): _named(str(name), item, depth + 1) for name, item in list(value.items())[:MOST_ITEMS]}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [_fit(item, depth + 1) for item in items[:MOST_ITEMS]]
    return f"[{type(value).__name__}]"


def _named(name: str, item: Any, depth: int) -> Any:
    # `state` may be an account's (active, suspended) or a journey's; the secret one is long
    if SECRET_NAMES.search(name) and not isinstance(item, bool | int):
        return WITHHELD
    if name.lower() in SECRET_EXACTLY and isinstance(item, str) and len(item) > 15:
        return WITHHELD
    return _fit(item, depth)
