"""Values for the document's examples where a field has none of its own: words that mean the same wherever they stand in the API.

A model's or a field's own `examples` stand above these. A sample is only shown if the field would take it.
"""

from collections.abc import Mapping
from typing import Any, Final

OF_FORMAT: Final[Mapping[str, Any]] = {
    "date": "2026-11-21",
    "date-time": "2026-11-21T06:00:00Z",
    "email": "dj@radio.example",
    "ipv4": "192.0.2.10",
    "ipvanynetwork": "192.0.2.0/24",
    "password": "a long and quiet evening",
    "uri": "https://radio.example/",
    "uuid": "0198a5e2-7c1f-7c3e-8b1a-3f6d2b9e4c10",
}
OF_NAME: Final[Mapping[str, Any]] = {
    "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl",
    "address": "https://accounts.example/authorize?state=Yk3",
    "album": "Slow Electronics",
    "artist": "Ada Lang",
    "client": "192.0.2.10",
    "code": "492039",
    "current_password": "a long and quiet evening",
    "detail": "It is required",
    "device": "Firefox on Linux",
    "email": "dj@radio.example",
    "entry_id": "e-1024",
    "event": "key.rotate",
    "genre": "ambient",
    "id": "3f6d2b9e4c10",
    "key": "sf_live_Yk3vX0example",
    "kind": "mail.send",
    "licence": "CC-BY-4.0",
    "means": "token",
    "message": "A letter is on its way.",
    "name": "Ada Lang",
    "password": "a long and quiet evening",
    "pointer": "body.email",
    "prefix": "sf_live_Yk3",
    "progress_words": "Decoding",
    "reason": "queue",
    "secret": "JBSWY3DPEHPK3PXP",
    "shown_as": "ada@accounts.example",
    "source": "library",
    "start": "/api/v1/auth/oauth/google/start",
    "state": "Yk3vX0",
    "station": "main",
    "ticket": "Yk3vX0exampleticket",
    "title": "Night Signal",
    "token": "Yk3vX0exampletoken",
    "track_id": "3f6d2b9e4c10",
    "uri": "otpauth://totp/SonicForge:dj@radio.example?secret=JBSWY3DPEHPK3PXP&issuer=SonicForge",
}


def sample(name: str, schema: Mapping[str, Any]) -> Any:
    """A value for a field of this name and schema; None if there is none."""
    kind = schema.get("format", "")
    if kind in OF_FORMAT:
        return OF_FORMAT[kind]
    text = OF_NAME.get(name)
    if schema.get("type") != "string" or text is None:
        return None
    return text if schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text)) else None
