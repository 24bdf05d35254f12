"""Where a station's mastering is set: presets, what was changed in them, and what people are told of it."""
