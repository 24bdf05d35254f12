"""Live from a browser: WHIP, RFC 9725."""
