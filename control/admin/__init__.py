"""Looking after the house: its people, their roles, and how much may be asked of it."""
