"""Every track that may air, and how the files of the media folder become tracks."""
