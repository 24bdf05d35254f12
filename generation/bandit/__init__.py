"""What the station learns of its listeners' taste: arms, pulls, rewards. Pure; its memory is kept by others."""
