"""The critic: hears every take before it may be kept, refuses what nobody could like, and says how good the rest is."""
