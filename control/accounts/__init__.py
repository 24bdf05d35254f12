"""Accounts: registering, logging in, sessions, second factors, and everything that a person may change of his own."""
