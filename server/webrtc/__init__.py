"""WebRTC out: WHEP sessions and the one loop that feeds them all."""
