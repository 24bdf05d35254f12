"""MusicGen with a decode engine of our own: the weights are the makers', the loop around them is ours."""
