"""The job of hearing something on request: a track of the library, whose sidecar then says what was heard, or a file that is heard and
forgotten. What a front queues; a worker does it (control/analysis/duty.py).
"""

from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from control.jobs.job import Queue
from control.jobs.kind import Kind

FOLDER: Final = "analyses"
"""In the folder of uploads: files that wait to be heard."""
FILE_PATTERN: Final = r"^[0-9a-f]{32}\.[a-z0-9]{2,5}$"


class Wanted(BaseModel):
    """What is to be heard: a track, or a file."""

    model_config = ConfigDict(frozen=True)

    track_id: str = ""
    file: str = Field("", pattern=rf"{FILE_PATTERN}|^$")
    """A name in the folder."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.track_id) == bool(self.file):
            raise ValueError("name a track or a file")
        return self


ANALYSE: Final = Kind("audio.analyse", Wanted, queue=Queue.DEFAULT, attempts=3, time_limit_seconds=900.0, key_frees=True)
