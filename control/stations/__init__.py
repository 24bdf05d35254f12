"""Stream control: what airs, what is queued, and the commands that steer it."""
