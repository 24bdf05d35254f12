"""What is done with a request at the source port: a source is let in and played, a title finds its source, the rest is told where it is.

It knows the entrances, the office's login and who is in; of sockets it knows a Connection.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Final, TypeAlias

import structlog

from server.clock import Clock
from server.live.decoder import DecoderFailed, Title, decoder
from server.live.entrance import Entrance, EntranceFull
from server.live.icecast import answers
from server.live.icecast.body import Body, Sized, body_of
from server.live.icecast.connection import Connection
from server.live.icecast.mount import check_content_type, name_of, station_of
from server.live.icecast.request import LONGEST_HEAD, Credentials, Refusal, Request
from server.live.icecast.roll import Roll
from server.live.icecast.source import STATUS, Departure, Ending, Source
from server.live.icecast.titles import fields_of, title_of
from server.live.login import Dj, Login, LoginRefused
from server.live.session import Mode, Session

METADATA: Final = "/admin/metadata"
ABOUT: Final = "Broadcasting programs connect here, as to Icecast: PUT or SOURCE /STATION, and /admin/metadata. Listeners do elsewhere."
Elsewhere: TypeAlias = Callable[[str, Dj, Title], Awaitable[bool]]
"""Hands the title of a DJ at a station to whoever has his source; whether somebody had it."""

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things may take."""

    head_seconds: float = 15.0
    login_seconds: float = 10.0
    silent_seconds: float = 10.0


class Reception:
    """Everybody who has come through the source port of one front."""

    def __init__(
        self,
        entrances: Mapping[str, Entrance],
        login: Login,
        clock: Clock,
        kicked: Callable[[str], None],
        elsewhere: Elsewhere,
        patience: Patience,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """`kicked(reason)` hears of every source that is refused or ended for what it did."""
        self.roll = Roll()
        self._entrances = entrances
        self._login = login
        self._clock = clock
        self._kicked = kicked
        self._elsewhere = elsewhere
        self._patience = patience
        self._sleep = sleep

    async def answer(self, request: Request, connection: Connection) -> bytes:
        """Does what is asked; the last words to say. Raises Refusal, ConnectionError."""
        if request.method in {"PUT", "SOURCE"}:
            return await self._source(request, connection)
        if request.path == METADATA and request.method in {"GET", "POST"}:
            try:
                return answers.taken(await self._title(request, connection), took=True)
            except Refusal as refusal:
                if refusal.status != 400:
                    raise
                return answers.taken(refusal.reason, took=False)
        raise Refusal(404, ABOUT)

    def take_title(self, station: str, dj: Dj, title: Title) -> bool:
        """A title that reached another front: whether this DJ's source is here."""
        source = self.roll.by_dj(station, dj)
        if source is not None:
            source.say(title)
        return source is not None

    async def _source(self, request: Request, connection: Connection) -> bytes:
        station = station_of(request.path, self._entrances)
        body = body_of(request)
        check_content_type(request)
        credentials = _credentials(request)
        dj = await self._let_in(station, credentials, connection.address)
        try:
            async with decoder() as decoding:
                source = self._seated(station, dj, request)
                self.roll.enter(source, self.roll.pass_of(station, credentials, connection.address), dj)
                try:
                    await connection.say(answers.CONTINUE if request.expects_continue else answers.WELCOME)
                    departure = await source.play(connection, body, decoding)
                finally:
                    self.roll.leave(source)
                    source.line.close()
        except DecoderFailed as error:
            logger.exception("a source cannot be decoded", station=station)
            raise Refusal(503, "The station cannot take a source now; try again.") from error
        self._tell_of(departure, station, dj)
        return answers.text(STATUS[departure.ending], departure.reason) if request.expects_continue else b""

    def _seated(self, station: str, dj: Dj, request: Request) -> Source:
        """Raises Refusal."""
        title = self.roll.kept(station, dj, self._clock.monotonic())
        session = Session(
            token_hex(8),
            dj.name,
            "icecast",
            Mode.TAKEOVER,
            dj.priority,
            began_at=self._clock.wall(),
            title=title.title,
            artist=title.artist,
            account_id=dj.account_id or "",
        )
        try:
            line = self._entrances[station].open(session)
        except EntranceFull as full:
            self._kicked("source_full")
            raise Refusal(403, f"The station lets in no more DJs now: {full}.") from None
        logger.info(
            "a source has come in", station=station, dj=dj.name, session=session.id, agent=request.headers.get("user-agent", "")[:80]
        )
        return Source(line, name_of(request), self._patience.silent_seconds, self._sleep)

    def _tell_of(self, departure: Departure, station: str, dj: Dj) -> None:
        if departure.ending in {Ending.SILENT, Ending.UNPLAYABLE}:
            self._kicked(f"source_{departure.ending}")
        logger.info("a source has gone", station=station, dj=dj.name, ending=departure.ending, reason=departure.reason)

    async def _title(self, request: Request, connection: Connection) -> str:
        """Icecast's word for it. Raises Refusal."""
        fields = fields_of(request.query)
        if request.method == "POST":
            fields |= fields_of(await self._form(body_of(request), connection))
        if fields.get("mode", "updinfo") != "updinfo":
            raise Refusal(400, "Nobody here knows this mode; there is updinfo.")
        station = station_of(fields.get("mount", ""), self._entrances)
        credentials = _credentials(request)
        source = self.roll.by_pass(self.roll.pass_of(station, credentials, connection.address))
        if source is not None:
            source.say(title_of(fields))
            return "Metadata update successful"
        dj = await self._let_in(station, credentials, connection.address)
        title = title_of(fields)
        if self.take_title(station, dj, title) or await self._elsewhere(station, dj, title):
            return "Metadata update successful"
        self.roll.keep(station, dj, title, self._clock.monotonic())
        return "Metadata kept until the source comes"

    async def _form(self, body: Body, connection: Connection) -> str:
        """The whole of a short body. Raises Refusal."""
        content = b""
        # A body without a length would end with the connection, and so before the answer.
        while isinstance(body, Sized) and not body.done and (data := await connection.read(LONGEST_HEAD)):
            content += body.take(data)
            if len(content) > LONGEST_HEAD:
                raise Refusal(413, f"A title takes less than {LONGEST_HEAD} bytes.")
        return content.decode("ascii", "replace")

    async def _let_in(self, station: str, credentials: Credentials, address: str) -> Dj:
        """Raises Refusal."""
        try:
            async with asyncio.timeout(self._patience.login_seconds):
                return await self._login(station, credentials.user, credentials.password, address)
        except LoginRefused as refused:
            self._kicked("source_login")
            raise Refusal(refused.status, refused.reason) from None
        except Exception as error:
            logger.exception("a source could not be let in", station=station)
            raise Refusal(503, "The station cannot say now who you are; try again soon.") from error


def _credentials(request: Request) -> Credentials:
    credentials = request.credentials()
    if credentials is None:
        raise Refusal(401, "Say who you are: your e-mail address and password, or the user source and an API key as the password.")
    return credentials
