"""What fronts are told of the mastering: what it is set to at every change, and how the insert stands with the meters.

A Sink like the other announcers: the moment only gives it the time.
"""

from collections.abc import Callable
from typing import Protocol

from dsp.block import BLOCK_FRAMES
from server.air import Moment
from server.console.console import Console, Setting
from server.insert.plug_in import InsertStanding
from server.wire.announcer import METERS_FRAMES
from server.wire.wire import MasteringStanding, PresetTold


class Inserted(Protocol):
    """What it sees of the insert: a rack's keeper."""

    @property
    def standing(self) -> InsertStanding: ...


class MasteringAnnouncer:
    """Says what the mastering is set to."""

    def __init__(self, publish: Callable[..., None], console: Console, insert: Inserted) -> None:
        """`publish(*messages)` may be called from the ticking thread and returns at once."""
        self._publish = publish
        self._console = console
        self._insert = insert
        self._said: tuple[Setting, object, InsertStanding] | None = None

    def take(self, moment: Moment) -> None:
        """Called by the ticking thread."""
        changed = self._said is None or self._said[0] is not self._console.setting
        if not changed and moment.position % METERS_FRAMES >= BLOCK_FRAMES:
            return
        setting, presets, insert = self._console.setting, self._console.presets(), self._insert.standing
        if self._said is not None and self._said[0] is setting and self._said[1] is presets and self._said[2] == insert:
            return
        self._said = (setting, presets, insert)
        told = [PresetTold(preset.name, preset.why) for preset in presets.values()]
        self._publish(
            MasteringStanding(moment.position, setting.preset, setting.changed, setting.settings.to_table(), told, insert, setting.insert)
        )
