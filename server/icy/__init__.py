"""Icecast-style HTTP: one endless stream a mount, titles in band."""
