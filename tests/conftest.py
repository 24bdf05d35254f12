"""Three tiers. `--tier fast`: pure tests, seconds in all. `--tier real`: real programs, sockets, processes, long renders.
`--tier outs`: whole stations with platforms, broadcasting programs and microphones, in real time.
"""

from pathlib import Path

import pytest

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
    "generation/procedural/test_composer.py",
    "generation/procedural/test_mastering.py",
    "generation/procedural/test_score.py",
    "generation/procedural/test_styles.py",
    "generation/procedural/test_warm_up.py",
    "generation/acestep/test_backend.py",
    "generation/remote/test_backend.py",
    "generation/remote/test_checking.py",
    "generation/remote/test_runpod.py",
    "generation/remote/test_worker.py",
    "generation/test_house_sound.py",
    "generation/test_critic.py",
    "server/encoding/test_emergency_loop.py",
    "server/encoding/test_encoder.py",
    "server/live/test_decoder.py",
    "server/programme/test_orders.py",
    "server/programme/test_playout.py",
    "server/programme/test_programme.py",
    "server/rundown/test_cueing.py",
    "server/sitting/test_keeper.py",
    "server/test_control_socket.py",
    "sonicforge/test_config.py",
)
"""Files that render or simulate, or start the program."""

OUTS_FILES = (
    *(f"listeners/test_{name}.py" for name in ("audience", "browser_live", "rtmp", "sources", "whep", "whip")),
    "server/rtmp/test_real_ingests.py",
    "web/test_dj_live.py",
    "web/test_live_sound.py",
)
"""Ways out and in with real programs, minutes in all: `make test-outs`."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tier", choices=["fast", "real", "outs", "all"], default="all", help="which tests: fast (pure), real, outs, all")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves the real tier's files unread in the fast tier: reading them costs more than the fast tests take."""
    if config.getoption("tier") == "fast" and _is_real(collection_path):
        return True
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keeps the tests of the tier that was asked for."""
    tier = config.getoption("tier")
    if tier == "all":
        return
    chosen = [item for item in items if tier == _tier_of(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def _tier_of(item: pytest.Item) -> str:
    if item.path.is_relative_to(HERE) and item.path.relative_to(HERE).as_posix() in OUTS_FILES:
        return "outs"
    return "real" if _is_real(item.path) or item.get_closest_marker("real") is not None else "fast"


def _is_real(path: Path) -> bool:
    inside = path.relative_to(HERE).as_posix() if path.is_relative_to(HERE) else ""
    return inside in REAL_FILES or any(inside == folder or inside.startswith(f"{folder}/") for folder in REAL_FOLDERS)
