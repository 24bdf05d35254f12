"""A studio in trouble, for a day of virtual time: it never gives up, says what is wrong, and the air goes on without a gap."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest

from dsp.block import frames_of
from generation.backend import unheard
from generation.brief import Brief
from generation.failure import Failure
from server.catalogue.catalogue import Catalogue
from server.clock import VirtualClock
from server.track import Source, Track
from sonicforge.cli.simulate import judged
from sonicforge.simulation import Order, make_tracks, simulate
from sonicforge.studio_trouble import DOWN, MODELS_DOWN, OUT_OF_MEMORY, WANTED_SECONDS, Reels, Troubled, troubled
from sonicforge.wiring.studio_part import LOW_BUFFER, NO_BACKEND, NO_MEMORY, NO_MODEL, alarms_of
from tests.generation.takes import music

LOOK_SECONDS = 10.0
A_TRACK_SECONDS = 180.0


class Playing:
    """What has aired: one take of the studio's every three minutes, the oldest first."""

    def __init__(self, catalogue: Catalogue, clock: VirtualClock) -> None:
        self._catalogue, self._clock = catalogue, clock
        self._aired: list[str] = []

    def __call__(self) -> Collection[str]:
        tracks = sorted(self._catalogue.tracks(Source.STUDIO).values(), key=lambda track: track.made_at)
        waiting = [track.id for track in tracks if track.id not in self._aired]
        if waiting and self._clock.monotonic() >= A_TRACK_SECONDS * (len(self._aired) + 1):
            self._aired.append(waiting[0])
        return set(self._aired)


def through(hours: float, kind: str, folder: Path) -> Troubled:
    """So many hours of a studio with that trouble."""
    (folder / "prepared").mkdir()
    np.save(folder / "prepared" / "one.npy", np.tile(music(32.0), 2))
    clock, catalogue = VirtualClock(), Catalogue(folder / "catalogue")
    found = troubled(kind, "main", folder, catalogue, Playing(catalogue, clock), clock)
    while clock.monotonic() < hours * 3_600.0:
        found.step()
        clock.sleep_until(clock.monotonic() + LOOK_SECONDS)
    return found


@pytest.mark.parametrize(
    ("kind", "failure", "alarms"),
    [(DOWN, Failure.AWAY, {NO_BACKEND, LOW_BUFFER}), (OUT_OF_MEMORY, Failure.MEMORY, {NO_BACKEND, NO_MEMORY, LOW_BUFFER})],
)
def test_a_day_without_a_backend_is_a_day_of_trying_and_of_saying_so(tmp_path: Path, kind: str, failure: Failure, alarms: set[str]) -> None:
    found = through(24.0, kind, tmp_path)
    report = found.report()
    assert set(alarms_of(report)) == alarms
    assert report.stations["main"].made == 0
    tried = [backend.failures.get(failure, 0) for backend in report.backends]
    assert min(tried) >= 24 * 60 / 10, "each is asked every ten minutes at least"
    assert max(tried) <= 24 * 60, "and none is hammered"
    assert len(report.backends) == 2


@pytest.mark.long
def test_hours_without_a_language_model_are_composed_by_rules_and_the_buffer_stays_full(tmp_path: Path) -> None:
    found = through(0.6, MODELS_DOWN, tmp_path)
    report = found.report()
    assert NO_MODEL in found.alarms
    assert found.composer is not None
    assert found.composer.tally.by_rules_total == report.stations["main"].made > 0
    assert found.composer.tally.by_model_total == 0
    assert found.composer.tally.unanswered_total > 0
    assert report.stations["main"].buffered_seconds >= 0.8 * WANTED_SECONDS
    assert report.approval_rate == 1.0


def minutes(kind: str) -> Order:
    return Order(0.1, short=True, encoders="none", seed=3, studio=kind)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Track]]:
    """The tracks of a simulated station's library, and where their sound lies."""
    folder = tmp_path_factory.mktemp("prepared")
    return folder, make_tracks(minutes(DOWN), folder, lambda _: None)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", [OUT_OF_MEMORY, *(pytest.param(kind, marks=pytest.mark.long) for kind in (DOWN, MODELS_DOWN))])
def test_the_air_has_no_gap_and_the_alarms_are_raised(tmp_path: Path, kind: str, prepared: tuple[Path, list[Track]]) -> None:
    """Minutes of it; `sonicforge simulate --hours 24 --studio ...` is the whole day."""
    folder, tracks = prepared
    (tmp_path / "prepared").symlink_to(folder)
    outcome = simulate(minutes(kind), tmp_path, lambda _: None, tracks)
    assert [bar for bar in judged(minutes(kind), outcome) if not bar.holds] == []
    assert outcome.alarms


def test_a_reel_has_no_hole_where_two_tracks_meet(tmp_path: Path) -> None:
    silence = np.zeros((2, frames_of(2.0)), np.float32)
    for name in ("one", "two"):
        np.save(tmp_path / f"{name}.npy", np.concatenate([silence, music(32.0), silence], axis=1))
    take = Reels(tmp_path).make(Brief("house", 1, 90.0), unheard)
    assert take.samples.shape == (2, frames_of(90.0))
    heard = np.flatnonzero(np.abs(take.samples).max(axis=0) >= 10 ** (-60 / 20))
    assert np.diff(heard).max() <= frames_of(0.02)
    assert heard[0] <= frames_of(0.02)
