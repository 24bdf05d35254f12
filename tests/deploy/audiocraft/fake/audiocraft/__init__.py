"""As much of audiocraft as a worker calls, played by sines. AUDIOCRAFT_FAULT says how it misbehaves."""
