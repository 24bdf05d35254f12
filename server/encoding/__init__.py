"""From moments to packets: each rendition encoded once."""
