"""The console: presets, changes, refusals, and what survives a restart."""

from dataclasses import replace

import msgspec
import pytest

from dsp.presets import PRESETS, RADIO
from dsp.settings import MasteringSettings
from server.commands import Master
from server.console.console import PROGRAMME_LUFS, Console, ConsoleError, KeptSetting, Setting, air_ranges


class Chain:
    """Mastering that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[MasteringSettings] = []

    def change(self, settings: MasteringSettings) -> None:
        self.told.append(settings)


class Plugs:
    bypassed = False


RADIO_SET = Setting("radio", RADIO)


def console(kept: KeptSetting | None = None, configured: Setting = RADIO_SET) -> tuple[Console, Chain, Plugs]:
    chain, plugs = Chain(), Plugs()
    return Console(chain, lambda: PRESETS, configured, kept, plugs), chain, plugs


def test_it_begins_with_what_is_configured() -> None:
    one, chain, plugs = console()
    assert one.setting == RADIO_SET
    assert chain.told == [RADIO]
    assert not plugs.bypassed


def test_a_preset_is_chosen_and_changed_in_one_wish() -> None:
    one, chain, _ = console()
    one.turn(Master("1", "loud"))
    assert chain.told[-1] == PRESETS["loud"].settings
    assert (one.setting.preset, one.setting.changed) == ("loud", False)
    one.turn(Master("2", "broadcast", {"servo": {"target_lufs": -24.0}}))
    assert chain.told[-1].servo.target_lufs == -24.0
    assert (one.setting.preset, one.setting.changed) == ("broadcast", True)


def test_changes_add_up_until_another_preset_is_chosen() -> None:
    one, chain, _ = console()
    one.turn(Master("1", changes={"limiter": {"ceiling_dbtp": -2.0}}))
    one.turn(Master("2", changes={"deesser": {"bypass": True}}))
    assert (chain.told[-1].limiter.ceiling_dbtp, chain.told[-1].deesser.bypass) == (-2.0, True)
    assert one.setting.changed
    one.turn(Master("3", "radio"))
    assert chain.told[-1] == RADIO
    assert not one.setting.changed


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Master("1", "cathedral"), "no preset cathedral; there are transparent, radio, loud, broadcast"),
        (Master("1", changes={"servo": {"target_lufs": 3.0}}), "servo.target_lufs is 3, not from -31 to -9"),
        (Master("1", changes={"servo": {"target": -14.0}}), "servo.target does not exist"),
        (Master("1", changes={"servo": -14.0}), "servo is -14.0, not a table"),
        (Master("1", "loud", {"limiter": {"ceiling_dbtp": float("nan")}}), "not a number"),
    ],
)
def test_what_cannot_be_is_refused_whole(wish: Master, words: str) -> None:
    one, chain, _ = console()
    with pytest.raises(ConsoleError, match=words):
        one.turn(wish)
    assert one.setting == RADIO_SET
    assert chain.told == [RADIO]


def test_the_level_of_the_decks_is_not_set_here() -> None:
    one, chain, _ = console()
    one.turn(Master("1", changes={"programme_lufs": -23.0}))
    assert chain.told[-1].programme_lufs == PROGRAMME_LUFS


def test_the_limiter_is_never_bypassed_on_air() -> None:
    one, chain, _ = console()
    with pytest.raises(ConsoleError, match="nothing would hold the ceiling"):
        one.turn(Master("1", changes={"limiter": {"bypass": True}}))
    unheld = replace(RADIO, limiter=replace(RADIO.limiter, bypass=True))
    _, chain, _ = console(configured=Setting("mine", unheld))
    assert not chain.told[-1].limiter.bypass


def test_the_ceiling_on_air_leaves_the_encoders_their_head_room() -> None:
    one, chain, _ = console()
    with pytest.raises(ConsoleError, match="at most -1 on air"):
        one.turn(Master("1", changes={"limiter": {"ceiling_dbtp": -0.5}}))
    assert chain.told == [RADIO]
    one.turn(Master("2", changes={"limiter": {"ceiling_dbtp": -3.0}}))
    assert chain.told[-1].limiter.ceiling_dbtp == -3.0
    higher = replace(RADIO, limiter=replace(RADIO.limiter, ceiling_dbtp=0.0))
    _, chain, _ = console(configured=Setting("mine", higher))
    assert chain.told[-1] == RADIO


def test_the_bounds_on_air_are_those_that_are_kept() -> None:
    for path, bounds in air_ranges().items():
        for bound in bounds:
            one, _, _ = console()
            table: object = bound
            for name in reversed(path.split(".")):
                table = {name: table}
            assert isinstance(table, dict)
            if "crossover" not in path:  # its cuts also keep away from one another
                one.turn(Master("1", changes=table))
                assert one.setting.settings == MasteringSettings.from_table(table, RADIO)


def test_the_plug_ins_are_taken_out_and_in() -> None:
    one, _, plugs = console()
    one.turn(Master("1", insert=False))
    assert plugs.bypassed
    one.turn(Master("2", "loud"))
    assert plugs.bypassed, "a preset says nothing of them"
    one.turn(Master("3", insert=True))
    assert not plugs.bypassed


def test_what_was_set_survives_a_restart() -> None:
    one, _, _ = console()
    one.turn(Master("1", "loud", {"width": {"high": 1.4}}, insert=False))
    stored = msgspec.json.decode(msgspec.json.encode(one.kept()), type=KeptSetting)
    again, chain, plugs = console(stored)
    assert again.setting == one.setting
    assert chain.told == [one.setting.settings]
    assert plugs.bypassed


def test_a_changed_configuration_wins_over_what_was_kept() -> None:
    one, _, _ = console()
    one.turn(Master("1", "loud"))
    configured = Setting("broadcast", PRESETS["broadcast"].settings)
    again, _, _ = console(one.kept(), configured)
    assert again.setting == configured


def test_kept_settings_of_another_version_are_not_believed() -> None:
    one, _, _ = console()
    kept = msgspec.structs.replace(one.kept(), settings={"flanger": {"depth": 11}})
    assert console(kept)[0].setting == RADIO_SET
