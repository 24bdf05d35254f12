"""Likeness: which tracks sound alike, and which are copies of one recording."""
