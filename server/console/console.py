"""The console: what a station's mastering is set to. A preset, what was changed in it, and whether the insert is in. Lives at the tick.

A change is whole or not at all: settings that the chain cannot play are refused, and what was set stays. What it publishes is replaced,
never altered, so any thread may read it. It makes no sound: the chain glides to what it is told by itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from msgspec import Struct

from dsp.presets import Preset
from dsp.settings import BadSettings, MasteringSettings, ranges
from server.commands import Master
from server.encoding.ladder import MASTERED_DBTP

PROGRAMME_LUFS: Final = MasteringSettings().programme_lufs
"""What decks bring each track to: the thresholds of all presets are meant for it."""
LONGEST_REASON: Final = 300


class ConsoleError(Exception):
    """The mastering cannot be set like that; the message is the answer to who asked."""


class Adjustable(Protocol):
    """What the console asks of mastering."""

    def change(self, settings: MasteringSettings) -> None:
        """Glides to `settings`."""


class Bypassable(Protocol):
    """What it asks of the insert."""

    bypassed: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """What the mastering is set to."""

    preset: str
    """The one that was chosen last; `changed` says whether it still sounds as it is written."""
    settings: MasteringSettings
    changed: bool = False
    insert: bool = True
    """Whether the operator's plug-ins are to be heard, if there are any."""


class KeptSetting(Struct, frozen=True):
    """A setting as it survives a restart."""

    preset: str
    settings: dict[str, Any]
    changed: bool
    insert: bool
    configured: dict[str, Any]
    """What the configuration said then: once it says something else, it is believed again."""


class Console:
    """The console of one station."""

    def __init__(
        self,
        mastering: Adjustable,
        presets: Callable[[], Mapping[str, Preset]],
        configured: Setting,
        kept: KeptSetting | None = None,
        insert: Bypassable | None = None,
    ) -> None:
        """`configured`: what holds unless `kept`, from before a restart, says otherwise. `presets()` may grow and shrink; any thread."""
        self.presets = presets
        self._mastering = mastering
        self._insert = insert
        self._configured = replace(configured, settings=for_air(configured.settings))
        self.setting = _resumed(self._configured, kept)
        """What is set now."""
        self._apply()

    def turn(self, wish: Master) -> None:
        """Changes what is set. Raises ConsoleError."""
        before = self.setting
        presets = self.presets()
        if wish.preset is not None and wish.preset not in presets:
            raise ConsoleError(f"there is no preset {wish.preset}; there are {', '.join(presets)}")
        written = for_air(presets[wish.preset].settings) if wish.preset is not None else before.settings
        try:
            wished = MasteringSettings.from_table(wish.changes, written)
        except BadSettings as error:
            raise ConsoleError(str(error)[:LONGEST_REASON]) from None
        if wished.limiter.bypass:
            raise ConsoleError("the limiter is not bypassed on air: nothing would hold the ceiling")
        if wished.limiter.ceiling_dbtp > MASTERED_DBTP:
            raise ConsoleError(f"limiter.ceiling_dbtp is at most {MASTERED_DBTP:g} on air: encoders need that head-room")
        settings = for_air(wished)
        self.setting = Setting(
            preset=before.preset if wish.preset is None else wish.preset,
            settings=settings,
            changed=settings != written or (wish.preset is None and before.changed),
            insert=before.insert if wish.insert is None else wish.insert,
        )
        self._apply()

    def kept(self) -> KeptSetting:
        """What must survive a restart."""
        now = self.setting
        return KeptSetting(now.preset, now.settings.to_table(), now.changed, now.insert, _written(self._configured))

    def _apply(self) -> None:
        self._mastering.change(self.setting.settings)
        if self._insert is not None:
            self._insert.bypassed = not self.setting.insert


def for_air(settings: MasteringSettings) -> MasteringSettings:
    """`settings` as a station may air by them: at the loudness of its decks, and below the ceiling that its encoders reckon with."""
    limiter = replace(settings.limiter, bypass=False, ceiling_dbtp=min(MASTERED_DBTP, settings.limiter.ceiling_dbtp))
    return replace(settings, programme_lufs=PROGRAMME_LUFS, limiter=limiter)


def air_ranges() -> dict[str, tuple[float, float]]:
    """The bounds of what may be set on air, by its path, as `for_air` leaves them."""
    bounds = ranges()
    del bounds["programme_lufs"]
    least, most = bounds["limiter.ceiling_dbtp"]
    return {**bounds, "limiter.ceiling_dbtp": (least, min(MASTERED_DBTP, most))}


def _written(setting: Setting) -> dict[str, Any]:
    return {"preset": setting.preset, "settings": setting.settings.to_table()}


def _resumed(configured: Setting, kept: KeptSetting | None) -> Setting:
    """`kept`, as long as the configuration has not changed since, and the chain can still play it."""
    if kept is None or kept.configured != _written(configured):
        return configured
    try:
        return Setting(kept.preset, for_air(MasteringSettings.from_table(kept.settings)), kept.changed, kept.insert)
    except BadSettings:
        return configured
