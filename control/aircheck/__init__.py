"""What was on air, to listen to again: the list of recordings, and their files."""
