"""A front's copy of a station, kept full by the engine or by the emergency loop."""
