"""The desk: every command answered once, the same id obeyed once, and never more than it can hold."""

import asyncio
import threading

from server.commands import Answer, Command, Done, Refused, Skip
from server.programme.desk import MOST_A_TICK, MOST_REMEMBERED, MOST_WAITING, Desk


class Obedient:
    """Obeys, and counts."""

    def __init__(self) -> None:
        self.obeyed: list[str] = []

    def apply(self, command: Command) -> Answer:
        self.obeyed.append(command.id)
        return Done(command.id, len(self.obeyed))


def test_the_same_id_gets_the_first_answer_and_changes_nothing() -> None:
    desk, station, answers = Desk(), Obedient(), []
    for _ in range(3):
        desk.bring(Skip("one"), answers.append)
        desk.obey(station.apply)
    desk.bring(Skip("one", entry_id="other"), answers.append)
    desk.obey(station.apply)
    assert station.obeyed == ["one"]
    assert answers == [Done("one", 1)] * 4


def test_answers_are_remembered_up_to_a_bound() -> None:
    desk, station = Desk(), Obedient()
    for number in range(MOST_REMEMBERED + 1):
        desk.bring(Skip(str(number)), lambda _: None)
        desk.obey(station.apply)
    for name in ("1", "0"):
        desk.bring(Skip(name), lambda _: None)
        desk.obey(station.apply)
    assert station.obeyed[-1] == "0"
    assert station.obeyed.count("1") == 1


def test_a_tick_obeys_a_bounded_number() -> None:
    desk, station = Desk(), Obedient()
    for number in range(40):
        desk.bring(Skip(str(number)), lambda _: None)
    desk.obey(station.apply)
    assert len(station.obeyed) == MOST_A_TICK
    for _ in range(5):
        desk.obey(station.apply)
    assert station.obeyed == [str(number) for number in range(40)]


def test_a_full_desk_refuses_at_once() -> None:
    desk, answers = Desk(), []
    for number in range(MOST_WAITING + 2):
        desk.bring(Skip(str(number)), answers.append)
    assert [type(answer) for answer in answers] == [Refused, Refused]


async def test_asking_waits_for_the_ticking_thread() -> None:
    desk, station = Desk(), Obedient()
    ending = threading.Event()

    def tick() -> None:
        while not ending.is_set():
            desk.obey(station.apply)

    ticking = threading.Thread(target=tick)
    ticking.start()
    try:
        answers = await asyncio.wait_for(asyncio.gather(*(desk.ask(Skip(str(number))) for number in range(100))), 10)
    finally:
        ending.set()
        ticking.join()
    assert {answer.id for answer in answers} == {str(number) for number in range(100)}


async def test_one_who_went_away_harms_nobody() -> None:
    desk, station = Desk(), Obedient()
    gone = asyncio.ensure_future(desk.ask(Skip("gone")))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait([gone])
    desk.obey(station.apply)
    asked = asyncio.ensure_future(desk.ask(Skip("here")))
    await asyncio.sleep(0)
    desk.obey(station.apply)
    assert await asyncio.wait_for(asked, 5) == Done("here", 2)


def test_a_closed_loop_is_no_failure_of_the_tick() -> None:
    desk, station = Desk(), Obedient()

    async def ask_and_leave() -> None:
        asking = asyncio.ensure_future(desk.ask(Skip("one")))
        await asyncio.sleep(0)
        asking.cancel()

    asyncio.run(ask_and_leave())
    desk.obey(station.apply)
    assert station.obeyed == ["one"]
