"""The post against a programme and a ledger of the test's own, and a database that is away and comes back."""

from dataclasses import dataclass, field

from asyncpg import Record

from control.errors import DatabaseAway
from control.receptions.listening_post import SETTLE_SECONDS, ListeningPost
from server.nowplaying.listeners import Listening, Place
from server.track import Airing, Entry, Reason, Source, Track
from server.wire.wire import NowPlaying

SECOND = 48_000


def airing(name: str, began: float, ended: float, source: Source = Source.STUDIO) -> Airing:
    track = Track(name, "Title", "Artist", source, f"/{name}.flac", 100 * SECOND, -14.0, -1.0, 0, 90 * SECOND, 100 * SECOND)
    return Airing(Entry(f"e-{name}", track, Reason.STUDIO), int(began * SECOND), int(ended * SECOND))


@dataclass
class Programme:
    """A relay whose position 0 was at UNIX second 0."""

    ended: list[Airing] = field(default_factory=list)
    """The latest first."""
    on_air: NowPlaying | None = None

    def tell(self) -> None:
        self.on_air = NowPlaying(0, airing("now", 0.0, 9_999.0), [], list(self.ended))

    def wall_of(self, position: int) -> float:
        return position / SECOND


@dataclass
class House:
    """Time, listeners, and a database that may be away."""

    now: float = 0.0
    here: list[Listening] = field(default_factory=list)
    away: bool = False
    rows: list[tuple[object, ...]] = field(default_factory=list)

    def wall(self) -> float:
        return self.now

    def latest(self, station: str, most: int) -> list[Listening]:
        return [one for one in self.here if one.place.station == station][:most]

    async def fetch(self, sql: str, *args: object) -> list[Record]:
        raise AssertionError(sql, args)

    async def execute(self, sql: str, *args: object) -> str:
        if self.away:
            raise DatabaseAway
        assert "audiences" in sql
        self.rows += zip(*(column for column in args if isinstance(column, list)), strict=True)
        return f"INSERT 0 {len(self.rows)}"


def listening(began: float, seconds: float, who: int = 1) -> Listening:
    return Listening(Place("main", "icy", "radio.mp3"), None, began, seconds, bytes([who]) * 16)


async def test_an_airing_is_told_when_it_has_settled_by_those_who_are_here_and_those_who_left() -> None:
    house, programme = House(), Programme()
    post = ListeningPost("front", house.wall)
    programme.tell()
    post.look({"main": programme}, house)
    house.here = [listening(-50.0, 300.0, 1)]
    post.left(listening(0.0, 20.0, 2))
    programme.ended = [airing("one", 0.0, 90.0)]
    programme.tell()
    house.now = 95.0
    post.look({"main": programme}, house)
    assert await post.write(house) == 0, "a player that asks no more is not known to have gone yet"
    house.now = 90.0 + SETTLE_SECONDS
    post.look({"main": programme}, house)
    assert await post.write(house) == 1
    [row] = house.rows
    assert row[:3] == ("main", "e-one", "front")
    assert row[4:] == (2, 1, 110.0, 180.0)
    post.look({"main": programme}, house)
    assert await post.write(house) == 0, "it is told once"


async def test_of_what_ended_before_it_came_and_of_the_library_it_tells_nothing() -> None:
    house, programme = House(now=1_000.0), Programme([airing("before", 0.0, 90.0)])
    post = ListeningPost("front", house.wall)
    programme.tell()
    post.look({"main": programme}, house)
    programme.ended = [airing("file", 100.0, 200.0, Source.LIBRARY), airing("before", 0.0, 90.0)]
    programme.tell()
    post.look({"main": programme}, house)
    assert await post.write(house) == 0


async def test_while_the_database_is_away_it_waits() -> None:
    house, programme = House(away=True), Programme()
    post = ListeningPost("front", house.wall)
    programme.tell()
    post.look({"main": programme}, house)
    for number in range(3):
        programme.ended = [airing(f"{number}", 100.0 * number, 100.0 * number + 90.0), *programme.ended]
        programme.tell()
        house.now = 100.0 * number + 120.0
        post.look({"main": programme}, house)
        try:
            await post.write(house)
        except DatabaseAway:
            continue
    assert house.rows == []
    house.away = False
    assert await post.write(house) == 3
    assert [row[1] for row in house.rows] == ["e-0", "e-1", "e-2"]


async def test_an_airing_that_a_restart_has_split_is_told_in_two_parts() -> None:
    house, programme = House(), Programme()
    post = ListeningPost("front", house.wall)
    programme.tell()
    post.look({"main": programme}, house)
    programme.ended = [airing("one", 50.0, 90.0), airing("one", 0.0, 40.0)]
    programme.tell()
    post.look({"main": programme}, house)
    house.now = 200.0
    post.look({"main": programme}, house)
    assert await post.write(house) == 2
    assert len({row[3] for row in house.rows}) == 2
