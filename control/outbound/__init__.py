"""Calls out of the house: to addresses that people name, without letting them reach what only the house may reach."""
