"""What this release promises, measured: real stations, real listeners, peers beside us. Reads the rooms; no room reads it."""
