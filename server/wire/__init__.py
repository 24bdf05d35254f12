"""Between an engine and its fronts: the messages and both ends of the socket."""
