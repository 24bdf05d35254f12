"""The JSON API: how an address is declared, read, answered, limited, done once, and described."""
