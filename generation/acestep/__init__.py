"""ACE-Step: a diffusion model for music whose weights may be used by a station that earns money."""
