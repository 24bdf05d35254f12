"""/api/v1/pipeline/takes/{id}/sound: a take to be heard off the air, before or after its turn.

Whoever sees the studio hears all of them; everybody else what came of his own bookings, and no other take can be told from one that is
not there.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from aiohttp.web import FileResponse

from control.api.call import Call
from control.api.file_answer import file_answer
from control.api.operation import operation
from control.errors import NotFound
from control.library.changes import OfTrack
from control.permissions import Permission
from control.pipeline import repository
from control.pipeline.repository import Reader

SOUND_TYPE: Final = "audio/flac"


class TakeSound:
    """The operation; `operations(TakeSound(...))` makes its route."""

    def __init__(self, database: Reader, file_of: Callable[[str], Path]) -> None:
        """`file_of`: where the sound of the take of that id is, if it is kept."""
        self._database = database
        self._file_of = file_of

    @operation(
        "GET",
        "/api/v1/pipeline/takes/{id}/sound",
        permission=Permission.STATION_STUDIO_RUN,
        summary="The sound of a take",
        tag="studio",
        raises=(NotFound,),
        gives=(SOUND_TYPE,),
    )
    async def sound(self, call: Call, *, path: OfTrack) -> FileResponse:
        """FLAC; a Range of it if one is asked for. Without `station:studio:read` one hears what one has booked oneself."""
        asker = call.principal
        everything = asker.may(Permission.STATION_STUDIO_READ)
        if not await repository.may_hear(self._database, path.id, asker.account_id, everything=everything):
            raise NotFound("There is no such take.")
        file = self._file_of(path.id)
        if not await asyncio.to_thread(file.is_file):
            raise NotFound("The sound of this take is no longer kept.")
        return file_answer(file, SOUND_TYPE, "inline", "private, max-age=3600")
