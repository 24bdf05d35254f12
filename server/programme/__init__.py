"""The sound of a station: decks, the segue between them, mastering, and the thread that ticks."""
