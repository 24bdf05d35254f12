"""The composer's office: its way out to language models, its memory, its money, and what is told of all three."""
