"""A PostgreSQL that nobody has to install: its folder, its user, its process."""
