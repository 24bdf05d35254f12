"""The platforms to which a station is published, and their sealed keys."""
