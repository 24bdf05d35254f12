"""Live ways in: who sends sound into the station, by which way, and in which turn."""
