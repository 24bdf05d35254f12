"""Work that is done later, by workers on any machine: queued in the caller's transaction, retried, limited, scheduled, seen by people."""
