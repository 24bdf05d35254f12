"""Second factors of accounts: set up, proven, taken away."""
