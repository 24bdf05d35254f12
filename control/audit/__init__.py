"""The audit log: what privileged people did, when, from where. Rows are only ever added."""
