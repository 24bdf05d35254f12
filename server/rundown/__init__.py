"""What airs next: the rules that choose it, the history they look at, and cueing, which makes it ready."""
