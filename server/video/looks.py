"""The looks of this house, by the names that `stations.NAME.look` knows them by."""

from collections.abc import Mapping
from typing import Final

from server.video.horizon import Horizon
from server.video.look import Stage
from server.video.orbit import Orbit
from server.video.strata import Strata

LOOKS: Final[Mapping[str, Stage]] = {"horizon": Horizon, "orbit": Orbit, "strata": Strata}
