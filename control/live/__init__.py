"""The office's side of live shows: who may take over, and who is on."""
