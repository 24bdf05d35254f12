"""API keys: what a program shows instead of a person's log-in."""
