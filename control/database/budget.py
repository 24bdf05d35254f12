"""One number of connections for the whole house, shared out to its processes."""


def share(connections: int, processes: int) -> int:
    """How many each process may open so that all together stay within `connections`; at least one, or a process could not work."""
    return max(1, connections // max(1, processes))
