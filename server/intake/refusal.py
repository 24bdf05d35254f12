"""The two ways in which intake says no. Whoever asks for a file must know them apart: one is said of the file, the other is not."""


class Refused(Exception):
    """The file is not fit to air. `reason` is a sentence for the operator, without the file's name."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class IntakeError(Exception):
    """The file could not be looked at; it is not to blame and may be tried again."""
