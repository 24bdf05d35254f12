"""Takes that a distant machine makes: the protocol, and the backend that speaks it."""
