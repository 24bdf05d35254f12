"""What of the media folder is let in, for the worker that scans it and the engine that cues from it."""

from server.intake.minder import Policy
from sonicforge.config import Settings


def media_policy(settings: Settings) -> Policy:
    """The operator's bounds."""
    return Policy(largest_bytes=settings.media.max_file_megabytes * 1_000_000, longest_seconds=round(settings.media.max_minutes * 60))
