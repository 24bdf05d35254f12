"""An errand as the worker keeps it."""

import asyncio
import tempfile

from control.remote_worker.errand import Errand
from generation.remote.shapes import Format, State
from tests.generation.remote.far_worker import BRIEF


def errand() -> Errand:
    return Errand(BRIEF.id, [BRIEF], Format.WAV, 0.0)


async def test_who_waits_is_woken_when_it_moves() -> None:
    one = errand()
    waiting = asyncio.create_task(one.news(60.0))
    await asyncio.sleep(0)
    one.move(State.WORKING, 0.5, "step 4")
    await asyncio.wait_for(waiting, 5.0)
    assert (one.told(3).state, one.told().done, one.told().doing, one.told(3).place) == (State.WORKING, 0.5, "step 4", 3)


async def test_who_waits_in_vain_is_let_go() -> None:
    await asyncio.wait_for(errand().news(0.01), 5.0)


def test_what_is_told_is_within_bounds() -> None:
    one = errand()
    one.done, one.doing = 1.7, "x" * 1_000
    assert (one.told().done, len(one.told().doing)) == (1.0, 400)


def test_its_sounds_piece_by_piece_until_it_is_forgotten() -> None:
    one = errand()
    with tempfile.TemporaryFile() as sound:
        sound.write(b"0123456789")
        sound.flush()
        one.sounds = (sound,)
        assert [one.piece(0, start, 4) for start in (0, 4, 8, 12)] == [b"0123", b"4567", b"89", b""]
        one.forget()
        assert sound.closed
    assert one.sounds == ()


def test_when_it_has_ended() -> None:
    one = errand()
    ended = set()
    for state in State:
        one.state = state
        if one.ended:
            ended.add(state)
    assert ended == {State.DONE, State.FAILED, State.CALLED_OFF}
