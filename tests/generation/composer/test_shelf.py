from dataclasses import dataclass

import msgspec

from generation.composer.asking import Form
from generation.composer.shelf import KEPT_SECONDS, MOST, Had, Shelf
from generation.composer.surroundings import Surroundings
from generation.llm.client import Answered
from tests.generation.composer.station import BUSY, NIGHT, PROFILE

HOUSE = msgspec.convert(
    {"genre": "house", "moods": ["warm"], "bpm": 123, "tonic": "F#", "mode": "dorian", "theme": "a terrace at noon"}, Form
)
TECHNO = msgspec.structs.replace(HOUSE, genre="techno", bpm=131)


@dataclass
class Wall:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def had(form: Form = HOUSE, begins: float = 0.0, ends: float = 3_600.0) -> Had:
    return Had(form, "cheap small", 5, begins, ends)


def test_an_idea_is_taken_once_at_its_hour() -> None:
    wall = Wall()
    shelf = Shelf(wall)
    shelf.put([had(begins=100.0)])
    assert shelf.take(PROFILE, NIGHT, 180.0) is None
    wall.now = 100.0
    found = shelf.take(PROFILE, NIGHT, 180.0)
    assert found is not None
    assert (found[0].genre, found[0].seconds, found[1].composed_by) == ("house", 180.0, "cheap small")
    assert shelf.take(PROFILE, NIGHT, 180.0) is None


def test_what_nobody_took_in_its_time_is_thrown_away_and_counted() -> None:
    wall = Wall()
    shelf = Shelf(wall)
    shelf.put([had(ends=10.0), had(TECHNO)])
    wall.now = 10.0
    found = shelf.take(PROFILE, NIGHT, 180.0)
    assert found is not None
    assert (found[0].genre, len(shelf), shelf.stale_total) == ("techno", 0, 1)


def test_one_that_may_not_air_now_lies_on_for_later() -> None:
    """A third house in a row is not allowed."""
    shelf = Shelf(Wall())
    shelf.put([had(), had(TECHNO)])
    after_two = Surroundings(20.0, (BUSY.aired[0], BUSY.aired[0]))
    found = shelf.take(PROFILE, after_two, 180.0)
    assert found is not None
    assert found[0].genre == "techno"
    later = shelf.take(PROFILE, NIGHT, 180.0)
    assert later is not None
    assert later[0].genre == "house"


def test_the_others_of_several_serve_for_half_an_hour() -> None:
    wall = Wall(50.0)
    shelf = Shelf(wall)
    shelf.put_aside([Answered(HOUSE, "cheap", "small", 7), Answered(TECHNO, "cheap", "small", 6)])
    wall.now = 49.0 + KEPT_SECONDS
    found = shelf.take(PROFILE, NIGHT, 180.0)
    assert found is not None
    assert found[1].microdollars == 7
    wall.now = 50.0 + KEPT_SECONDS
    assert shelf.take(PROFILE, NIGHT, 180.0) is None


def test_it_is_bounded() -> None:
    shelf = Shelf(Wall())
    shelf.put(had() for _ in range(MOST + 5))
    assert (len(shelf), shelf.stale_total) == (MOST, 5)
