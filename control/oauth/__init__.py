"""Logging in with an account at another house: Google, GitHub, Spotify (OAuth 2.0 with PKCE; OpenID Connect where it is spoken)."""
