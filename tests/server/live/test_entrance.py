"""The entrance before a fake engine: what is said to it, in what order, and again."""

from collections.abc import Callable

import pytest

from dsp.block import BLOCK_FRAMES
from server.clock import VirtualClock
from server.live.entrance import Entrance, EntranceFull
from server.live.session import LONGEST_TEXT, SOUND_BLOCK_FRAMES, Mode, Seat, Session, State
from server.wire.wire import LiveClose, LiveOpen, LiveSound, LiveStanding, Up
from tests.server.live.dj import session


class Engine:
    """Has the face of the relay; remembers what it was told."""

    def __init__(self) -> None:
        self.live: LiveStanding | None = None
        self.told: list[Up] = []
        self.watchers: list[Callable[[], None]] = []

    def say(self, message: Up) -> None:
        self.told.append(message)

    def on_greeted(self, watcher: Callable[[], None]) -> Callable[[], None]:
        self.watchers.append(watcher)
        return lambda: self.watchers.remove(watcher)

    def seat(self, *sessions: Session) -> None:
        self.live = LiveStanding(0, [Seat(one, State.WAITING, None, -120.0) for one in sessions])

    def greet(self) -> None:
        self.told.clear()
        for watcher in self.watchers:
            watcher()

    def sounds(self) -> list[bytes]:
        return [message.samples for message in self.told if isinstance(message, LiveSound)]


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def entrance(engine: Engine, clock: VirtualClock) -> Entrance:
    return Entrance(engine, 2, clock)


def test_sound_is_cut_into_blocks_and_no_byte_is_lost(engine: Engine, entrance: Entrance) -> None:
    line = entrance.open(session())
    sent = bytes(number % 251 for number in range(4 * 5_000))
    for begin, end in ((0, 1), (1, 7), (7, 4_003), (4_003, 15_999), (15_999, 20_000)):
        line.sound(sent[begin:end])
    pieces = engine.sounds()
    assert b"".join(pieces) == sent
    assert all(0 < len(piece) <= 4 * SOUND_BLOCK_FRAMES and len(piece) % 4 == 0 for piece in pieces)


def test_every_new_engine_is_told_everybody_who_is_in_as_they_are_now(engine: Engine, entrance: Entrance) -> None:
    first, second = entrance.open(session("a")), entrance.open(session("b"))
    first.change(title="Now")
    second.close()
    engine.greet()
    assert engine.told == [LiveOpen(session("a", title="Now"))]


def test_a_change_is_said_once_and_only_if_it_is_one(engine: Engine, entrance: Entrance) -> None:
    line = entrance.open(session())
    line.change(title="T", artist="A")
    line.change(title="T")
    line.change(mode=Mode.TALK_OVER, priority=7)
    line.change()
    changed = session("a", title="T", artist="A")
    assert engine.told[1:] == [LiveOpen(changed), LiveOpen(session("a", title="T", artist="A", mode=Mode.TALK_OVER, priority=7))]
    assert line.session.priority == 7


def test_words_are_cut_to_what_the_engine_takes(engine: Engine, entrance: Entrance) -> None:
    line = entrance.open(session("a", dj="d" * 999))
    line.change(title="t" * 999, artist="a" * 999)
    assert {len(line.session.dj), len(line.session.title), len(line.session.artist)} == {LONGEST_TEXT}
    assert engine.told[-1] == LiveOpen(line.session)


def test_who_has_gone_says_nothing_more(engine: Engine, entrance: Entrance) -> None:
    line = entrance.open(session())
    line.close()
    line.close()
    line.sound(bytes(4_000))
    line.change(title="Too late")
    assert engine.told == [LiveOpen(session()), LiveClose("a" * 16)]
    assert entrance.lines == ()
    assert entrance.find("a" * 16) is None


def test_more_than_the_station_lets_in_are_refused_by_whichever_front_they_come(engine: Engine, entrance: Entrance) -> None:
    mine = entrance.open(session("a"))
    engine.seat(session("a"), session("x"))
    assert entrance.full
    with pytest.raises(EntranceFull):
        entrance.open(session("b"))
    mine.close()
    assert not entrance.full, "the engine has not told yet that he is gone"
    entrance.open(session("b"))
    assert [line.session.id[0] for line in entrance.lines] == ["b"]


def test_a_line_knows_its_seat(engine: Engine, entrance: Entrance) -> None:
    line = entrance.open(session("a"))
    assert line.seat is None
    engine.seat(session("x"), session("a"))
    assert line.seat is not None
    assert line.seat.session == line.session
    assert entrance.find("a" * 16) is line


def test_what_comes_faster_than_it_sounds_is_told(entrance: Entrance, clock: VirtualClock) -> None:
    line = entrance.open(session())
    for _ in range(100):
        line.sound(bytes(4 * BLOCK_FRAMES))
    assert line.ahead_seconds == pytest.approx(2.0)
    clock.sleep_until(1.5)
    assert line.ahead_seconds == pytest.approx(0.5)
    assert line.quiet_seconds == pytest.approx(1.5)
    clock.sleep_until(10.0)
    assert line.ahead_seconds == 0.0
    line.sound(bytes(4 * BLOCK_FRAMES))
    assert line.ahead_seconds == pytest.approx(0.02)


def test_a_closed_entrance_has_said_goodbye_for_everybody(engine: Engine, entrance: Entrance) -> None:
    entrance.open(session("a"))
    entrance.open(session("b"))
    entrance.close()
    assert engine.told[-2:] == [LiveClose("a" * 16), LiveClose("b" * 16)]
    assert engine.watchers == []
