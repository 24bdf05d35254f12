"""/api/v1/stations/{station}/aircheck: the recordings of a station, and their files."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated, Final

from aiohttp.web import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from control.aircheck.shelf import SHEET, SOUND, Recording, Shelf
from control.api.call import Call
from control.api.file_answer import file_answer
from control.api.operation import operation
from control.errors import NotFound
from control.permissions import Permission
from control.stations.wishes import StationName

TAG: Final = "aircheck"
PATH: Final = "/api/v1/stations/{station}/aircheck"
SOUND_TYPE: Final = "audio/ogg"
SHEET_TYPE: Final = "application/x-cue"


class OfStation(BaseModel):
    """Which station is meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    station: StationName


class OfRecording(OfStation):
    """Which recording is meant."""

    name: Annotated[str, Field(max_length=80, pattern=r"^(programme|show)-[0-9][0-9A-Z-]*$", examples=["show-2026-11-21T180312Z"])]


class RecordingTold(BaseModel):
    """A recording."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(examples=["show-2026-11-21T180312Z"])
    kind: str = Field(description="programme: an hour of what was on air. show: what one DJ sent.", examples=["show"])
    began_at: datetime
    seconds: float = Field(examples=[3600.0])
    bytes: int = Field(examples=[57_600_000])
    dj: str | None = Field(description="Of a show.", examples=["Ada Lang"])
    cue_url: str | None = Field(
        description="Its cue sheet, which says what is heard where.",
        examples=["/api/v1/stations/main/aircheck/show-2026-11-21T180312Z.cue"],
    )
    url: str = Field(description="Its sound, Opus in Ogg.", examples=["/api/v1/stations/main/aircheck/show-2026-11-21T180312Z"])


class RecordingList(BaseModel):
    """The recordings of a station, the newest first."""

    model_config = ConfigDict(frozen=True)

    items: list[RecordingTold]


class AircheckAddresses:
    """The operations; `operations(AircheckAddresses(...))` makes their routes."""

    def __init__(self, shelf: Shelf, stations: Collection[str]) -> None:
        self._shelf = shelf
        self._stations = stations

    @operation("GET", PATH, permission=Permission.STATION_AIRCHECK_READ, summary="What was on air, recorded", tag=TAG, raises=(NotFound,))
    async def list(self, call: Call, *, path: OfStation) -> RecordingList:  # noqa: ARG002 -- the same for all who may read
        """The newest first; one that is being made is as long as it is by now."""
        self._require(path.station)
        found = await asyncio.to_thread(self._shelf.everything, path.station)
        return RecordingList(items=[_told(path.station, recording) for recording in found])

    @operation(
        "GET",
        PATH + "/{name}.cue",
        permission=Permission.STATION_AIRCHECK_READ,
        summary="A recording's cue sheet",
        tag=TAG,
        raises=(NotFound,),
        gives=(SHEET_TYPE,),
    )
    async def sheet(self, call: Call, *, path: OfRecording) -> FileResponse:  # noqa: ARG002 -- as above
        """Which title begins where, for players and editors that read cue sheets."""
        return await self._file(path, SHEET, SHEET_TYPE)

    @operation(
        "GET",
        PATH + "/{name}",
        permission=Permission.STATION_AIRCHECK_READ,
        summary="A recording",
        tag=TAG,
        raises=(NotFound,),
        gives=(SOUND_TYPE,),
    )
    async def sound(self, call: Call, *, path: OfRecording) -> FileResponse:  # noqa: ARG002 -- as above
        """Opus in Ogg; a Range of it if one is asked for."""
        return await self._file(path, SOUND, SOUND_TYPE)

    async def _file(self, which: OfRecording, suffix: str, media_type: str) -> FileResponse:
        self._require(which.station)
        file = await asyncio.to_thread(self._shelf.file, which.station, which.name, suffix)
        if file is None:
            raise NotFound("There is no such recording, or it is gone.")
        return file_answer(file, media_type, "attachment", "private, no-cache")  # named as in the cue sheet

    def _require(self, station: str) -> None:
        if station not in self._stations:
            raise NotFound(f"There is no station {station}.")


def _told(station: str, recording: Recording) -> RecordingTold:
    url = f"/api/v1/stations/{station}/aircheck/{recording.name}"
    return RecordingTold(
        name=recording.name,
        kind=recording.kind,
        began_at=datetime.fromtimestamp(recording.note.began_at, UTC),
        seconds=recording.note.seconds,
        bytes=recording.bytes,
        dj=recording.note.dj or None,
        cue_url=f"{url}.cue" if recording.has_sheet else None,
        url=url,
    )
