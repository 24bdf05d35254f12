"""Three tiers. `--tier fast`: pure tests, seconds in all. `--tier real`: real programs, sockets, processes, long renders.
`--tier long`: whole stations with platforms, broadcasting programs, microphones and language models, in real time.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

settings.register_profile("house", deadline=None)  # a busy machine is no fault of what is tested
settings.load_profile("house")

HERE = Path(__file__).resolve().parent
REAL_FOLDERS = (
    "architecture",
    "benchmarks",
    "generation/musicgen",
    "listeners",
    "server/door",
    "server/icy",
    "server/intake",
    "server/live/icecast",
    "server/nowplaying",
    "server/video",
    "server/wire",
    "web",
)
"""Folders in which most tests open sockets or start processes."""
REAL_FILES = (
    "generation/acestep/test_backend.py",
    "generation/critic/test_aesthetics.py",
    "generation/critic/test_critic.py",
    "generation/procedural/test_composer.py",
    "generation/procedural/test_mastering.py",
    "generation/procedural/test_mixing.py",
    "generation/procedural/test_score.py",
    "generation/procedural/test_styles.py",
    "generation/procedural/test_warm_up.py",
    "generation/remote/test_backend.py",
    "generation/remote/test_checking.py",
    "generation/remote/test_runpod.py",
    "generation/remote/test_worker.py",
    "generation/test_house_sound.py",
    "server/encoding/test_emergency_loop.py",
    "server/encoding/test_encoder.py",
    "server/live/test_decoder.py",
    "server/programme/test_orders.py",
    "server/programme/test_planned_segues.py",
    "server/programme/test_playout.py",
    "server/programme/test_programme.py",
    "server/rundown/test_cueing.py",
    "server/rundown/test_segue_shapes.py",
    "server/sitting/test_keeper.py",
    "server/test_control_socket.py",
    "sonicforge/cli/test_render.py",
    "sonicforge/test_config.py",
    "sonicforge/test_studio_room.py",
    "sonicforge/test_studio_trouble.py",
)
"""Files that render or simulate, or start the program."""

LONG_STATIONS = ("audience", "browser_live", "composer", "ears", "rtmp", "sources", "transitions", "whep", "whip")
LONG_FILES = (
    *(f"listeners/test_{name}.py" for name in LONG_STATIONS),
    "benchmarks/test_sound_segues.py",
    "server/rtmp/test_real_ingests.py",
    "web/test_dj_live.py",
    "web/test_live_sound.py",
)
"""Minutes each: `make test-long`."""

BEGIN_FIRST = (
    "listeners",
    "web",
    "generation/bandit",
    "generation/procedural/test_composer.py",
    "sonicforge/cli/test_worker.py",
    "sonicforge/test_studio_trouble.py",
)
"""A minute or more in one piece: begun last, one process would be left with it alone."""
BROWSER_FILES = ("test_browser.py", "test_chromium.py", "test_office.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tier", choices=["fast", "real", "long", "all"], default="all", help="which tests: fast (pure), real, long, all")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves the real tier's files unread in the fast tier: reading them costs more than the fast tests take."""
    if config.getoption("tier") == "fast" and _is_real(collection_path):
        return True
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keeps the tests of the tier that was asked for; what takes longest begins first."""
    tier = config.getoption("tier")
    chosen = [item for item in items if tier in ("all", _tier_of(item))]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = sorted(chosen, key=lambda item: not _is_inside(item.path, BEGIN_FIRST))


class InFiles(LoadScopeScheduling):  # type: ignore[misc]  # xdist tells no types
    """Where several tests run at once, those of a file go together: they share what it starts.

    Browsers take turns, for two would starve each other. (xdist's own groups are lost on pytest 9.2, whose ids cannot be changed.)
    """

    def _split_scope(self, nodeid: str) -> str:
        path = HERE.parent / nodeid.split("::", 1)[0]
        return "browsers" if _is_inside(path, ("web",)) or path.name in BROWSER_FILES else path.as_posix()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InFiles:
    """Whatever `--dist` says."""
    return InFiles(config, log)


def _tier_of(item: pytest.Item) -> str:
    if _is_inside(item.path, LONG_FILES) or item.get_closest_marker("long") is not None:
        return "long"
    return "real" if _is_real(item.path) or item.get_closest_marker("real") is not None else "fast"


def _is_real(path: Path) -> bool:
    return _is_inside(path, (*REAL_FOLDERS, *REAL_FILES))


def _is_inside(path: Path, places: Sequence[str]) -> bool:
    """Whether the file is one of these files, or in one of these folders."""
    inside = path.relative_to(HERE).as_posix() if path.is_relative_to(HERE) else ""
    return any(inside == place or inside.startswith(f"{place}/") for place in places)
