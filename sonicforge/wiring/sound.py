"""How a station sounds, put together: presets, mastering, the console that sets it, and the operator's plug-ins."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from dsp.block import frames_of
from dsp.mastering import Mastering
from dsp.presets import PRESETS
from server.console.console import Console, KeptSetting, Setting, for_air
from server.console.preset_folder import DEFAULT_BASE, PresetFolder
from server.control_requests import Mastered
from server.insert.plug_in import PlugIn
from server.insert.rack import Rack
from server.insert.rack_keeper import NoInsert, RackKeeper
from sonicforge.sections import StationSettings

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sound:
    """All that masters one station."""

    mastering: Mastering
    console: Console
    presets: PresetFolder
    rack: Rack | None
    """None where the operator has no plug-ins; `insert` too."""
    insert: RackKeeper | None

    def told(self) -> Mastered:
        """How it stands, for the control socket."""
        setting, presets = self.console.setting, self.presets.presets
        insert = self.insert or NoInsert()
        why = {preset.name: preset.why for preset in presets.values()}
        return Mastered(setting.preset, setting.changed, setting.settings.to_table(), why, insert.standing, setting.insert)


def sound_of(settings: StationSettings, kept: KeptSetting | None, monotonic: Callable[[], float]) -> Sound:
    """As the configuration has it, or as it was `kept`."""
    presets = presets_of(settings)
    setting = configured_sound(settings, presets)
    rack, insert = _rack_of(settings, monotonic)
    mastering = Mastering(setting.settings, rack)
    return Sound(mastering, Console(mastering, lambda: presets.presets, setting, kept, rack), presets, rack, insert)


def presets_of(settings: StationSettings) -> PresetFolder:
    """The presets that a station may be set to."""
    return PresetFolder(settings.mastering.folder.expanduser().resolve())


def configured_sound(settings: StationSettings, presets: PresetFolder) -> Setting:
    """What the configuration says. A preset that is not there is told of and replaced: the air goes on."""
    wanted = settings.mastering.preset
    preset = presets.presets.get(wanted) or PRESETS[DEFAULT_BASE]
    if preset.name != wanted:
        logger.error("there is no such preset", wanted=wanted, instead=preset.name, there_are=list(presets.presets))
    return Setting(preset.name, for_air(preset.settings))


def _rack_of(settings: StationSettings, monotonic: Callable[[], float]) -> tuple[Rack, RackKeeper] | tuple[None, None]:
    """The insert, where the operator has plug-ins."""
    mastering = settings.mastering
    if not mastering.plugins:
        return None, None
    room_frames = frames_of(mastering.plugin_latency_milliseconds / 1000)
    rack = Rack(room_frames)
    plug_ins = [PlugIn(one.name, one.file, one.part, one.preset, dict(one.parameters)) for one in mastering.plugins]
    return rack, RackKeeper(rack, plug_ins, room_frames, monotonic)
