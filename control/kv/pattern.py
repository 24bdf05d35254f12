"""A pattern of keys: `*` is any characters, every other character is itself. Nothing else, so text of a user's is safe in it."""

import re


def expression(pattern: str) -> re.Pattern[str]:
    """As a regular expression for a whole key."""
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL)


def redis_glob(pattern: str) -> str:
    """As Redis writes it, who knows more special characters."""
    return re.sub(r"([\[\]?^\\-])", r"\\\1", pattern)
