"""Who listened, how long and from where, without knowing who anybody is."""
