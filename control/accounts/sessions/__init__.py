"""Sessions: a login on one device, kept alive by refresh tokens that are used once each."""
