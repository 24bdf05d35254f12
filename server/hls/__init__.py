"""HLS from memory: own fMP4 boxes, own playlists, low latency."""
