"""PostgreSQL as the office uses it: one budget of connections, deadlines on everything, and a server of our own where there is no other."""
