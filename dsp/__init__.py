"""Sound as arrays: pure, synchronous, without files, clock or network."""
