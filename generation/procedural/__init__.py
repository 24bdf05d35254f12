"""The procedural composer: a seed and a brief become a finished arrangement, without any model."""
