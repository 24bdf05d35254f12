"""Now playing: what airs, told in the shapes that players, bots and widgets of other stations already read."""
