"""The studio: briefs in, finished takes out. Knows no listener, serves no HTTP, writes no SQL."""
