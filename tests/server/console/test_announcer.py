"""What is told of the mastering, and when."""

from dataclasses import replace
from typing import Any

from dsp.presets import PRESETS, RADIO
from server.air import Moment
from server.commands import Master
from server.console.announcer import MasteringAnnouncer
from server.console.console import Console, Setting
from server.insert.plug_in import InsertStanding, InsertState
from server.wire.wire import MasteringStanding, frame, read_down
from tests.server.console.test_console import Chain
from tests.server.fake_station import airing, standing
from tests.server.fake_station import meters as fake_meters


class Insert:
    standing = InsertStanding(InsertState.LOADING, ("Gain",))


def moment(position: int) -> Moment:
    return Moment(position, 1, None, (), fake_meters().levels, airing("One", 0), (), standing())  # type: ignore[arg-type]


def test_it_tells_at_once_of_a_change_and_of_the_insert_with_the_meters() -> None:
    told: list[MasteringStanding] = []
    presets: dict[str, Any] = dict(PRESETS)
    console, insert = Console(Chain(), lambda: presets, Setting("radio", RADIO)), Insert()
    announcer = MasteringAnnouncer(told.append, console, insert)
    for block in range(24):
        announcer.take(moment(960 * block))
    assert [one.preset for one in told] == ["radio"]
    assert [preset.name for preset in told[0].presets] == list(PRESETS)
    console.turn(Master("1", "loud", {"servo": {"target_lufs": -13.0}}))
    announcer.take(moment(960 * 25))
    assert (told[-1].preset, told[-1].changed, told[-1].settings["servo"]["target_lufs"]) == ("loud", True, -13.0)
    insert.standing = InsertStanding(InsertState.IN, ("Gain",))
    announcer.take(moment(960 * 26))
    assert len(told) == 2
    announcer.take(moment(960 * 36))
    assert told[-1].insert.state is InsertState.IN
    presets = {**presets, "mine": replace(PRESETS["radio"], name="mine", why="Mine.")}
    announcer.take(moment(960 * 48))
    assert told[-1].presets[-1].name == "mine"
    assert len(told) == 4
    assert read_down(frame(told[-1])[4:]) == told[-1]
