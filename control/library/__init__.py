"""The library: the tracks as people search, approve and send them, and what has aired."""
