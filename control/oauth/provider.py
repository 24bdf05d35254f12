"""The houses with which one can log in, as values: who they are, where they answer, what we ask for.

Google speaks OpenID Connect: its addresses are discovered, and a signed token says who came. GitHub and Spotify speak plain OAuth 2.0:
their addresses are written here, and their API is asked who came.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class ProviderName(StrEnum):
    """As it stands in an address."""

    GOOGLE = "google"
    GITHUB = "github"
    SPOTIFY = "spotify"


@dataclass(frozen=True, slots=True)
class Client:
    """What the operator was given when he registered his station with the provider."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider answers."""

    authorize: str
    token: str
    keys: str = ""
    """The public keys of its id_tokens; empty where there are none."""
    names_itself: bool = False
    """Its answers always carry `iss` (RFC 9207), so one without it is not from there."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One house."""

    name: ProviderName
    title: str
    issuer: str
    """With the subject it makes the identity; it never changes."""
    client: Client
    scopes: tuple[str, ...]
    endpoints: Endpoints | None
    """None: discovered at the issuer."""
    api: str = ""
    """Where it is asked who came, if no id_token says so."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody as a provider knows him."""

    issuer: str
    subject: str
    email: str | None
    """Only one that the provider has verified."""
    shown_as: str
    """A name for people to read; it identifies nobody."""


GOOGLE_ISSUER: Final = "https://accounts.google.com"
GITHUB_ISSUER: Final = "https://github.com"
SPOTIFY_ISSUER: Final = "https://accounts.spotify.com"


def google(client: Client, issuer: str = GOOGLE_ISSUER) -> Provider:
    """https://developers.google.com/identity/openid-connect/openid-connect"""
    return Provider(ProviderName.GOOGLE, "Google", issuer, client, ("openid", "email", "profile"), None)


def github(client: Client, issuer: str = GITHUB_ISSUER, api: str = "https://api.github.com") -> Provider:
    """https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps"""
    endpoints = Endpoints(f"{issuer}/login/oauth/authorize", f"{issuer}/login/oauth/access_token")
    return Provider(ProviderName.GITHUB, "GitHub", issuer, client, ("read:user", "user:email"), endpoints, api)


def spotify(client: Client, issuer: str = SPOTIFY_ISSUER, api: str = "https://api.spotify.com") -> Provider:
    """https://developer.spotify.com/documentation/web-api/tutorials/code-pkce-flow"""
    endpoints = Endpoints(f"{issuer}/authorize", f"{issuer}/api/token")
    return Provider(ProviderName.SPOTIFY, "Spotify", issuer, client, ("user-read-private",), endpoints, api)
