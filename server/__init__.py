"""On air: clock, decks, playout, encoders and every output."""
