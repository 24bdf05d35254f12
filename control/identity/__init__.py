"""Who asks, and what he may: tokens, keys, tickets, sessions, secrets, and the guard before every route."""
