"""How the parts of each process are put together. Nothing here decides anything."""
