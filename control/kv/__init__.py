"""Key and value: what is fast, short-lived and may be lost at any moment."""
