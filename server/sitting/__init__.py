"""What survives a restart, and how a station goes on after one."""
