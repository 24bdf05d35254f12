"""The visualiser: what the station looks like where only pictures are taken."""
