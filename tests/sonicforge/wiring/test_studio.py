"""The backends, put together: never what may not be aired, and nothing loaded before it is wanted."""

from pathlib import Path

import pytest

from generation.critic.limits import Limits
from sonicforge.config import InvalidConfiguration, Settings, load
from sonicforge.wiring.studio import check_studio, open_critic, open_lineup


def settings(folder: Path, text: str) -> Settings:
    file = folder / "config.toml"
    file.write_text(text)
    return load(file)


def test_a_station_that_earns_money_is_refused_weights_that_may_not(tmp_path: Path) -> None:
    text = "[studio]\nbackends = ['musicgen']\n[stations.main]\n[stations.shop]\nmonetised = true"
    with pytest.raises(InvalidConfiguration, match=r"musicgen for stations.shop.*CC-BY-NC-4.0.*monetised = false"):
        check_studio(settings(tmp_path, text))
    check_studio(settings(tmp_path, "[studio]\nbackends = ['musicgen']"))
    check_studio(settings(tmp_path, "[studio]\nbackends = ['acestep']\n[stations.main]\nmonetised = true"))


def test_a_studio_that_is_switched_off_is_not_asked(tmp_path: Path) -> None:
    check_studio(settings(tmp_path, "[studio]\nenabled = false\nbackends = ['musicgen']\n[stations.main]\nmonetised = true"))


def test_a_backend_that_cannot_be_set_up_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfiguration, match=r"studio.remote"):
        open_lineup(settings(tmp_path, "[studio]\nbackends = ['remote']"))


def test_the_lineup_is_in_the_order_that_was_asked_for_with_nothing_loaded(tmp_path: Path) -> None:
    lineup = open_lineup(settings(tmp_path, "[studio]\nbackends = ['acestep', 'musicgen']"))
    assert [one.name for one in lineup.standing()] == ["acestep", "musicgen", "procedural"]


def test_the_limits_of_the_configuration_are_those_of_the_critic(tmp_path: Path) -> None:
    assert Limits(**{name: value for name, value in Settings().studio.critic.model_dump().items() if "weights" not in name}) == Limits()
    critic = open_critic(settings(tmp_path, f"[studio.critic]\nleast_pulse = 0.0\nclap_weights = '{tmp_path}'"))
    assert critic.heard == 0
