"""Analysis: tracks and files heard on request, as jobs."""
