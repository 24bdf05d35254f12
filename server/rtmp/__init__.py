"""RTMP out: one encoded programme, published to any number of targets."""
