"""What has been seen once."""

from control.remote_worker.replays import Replays
from generation.remote.signing import WINDOW_SECONDS


def test_once_and_not_twice_as_long_as_it_could_pass() -> None:
    replays = Replays()
    assert replays.first("a", 0.0)
    assert not replays.first("a", 0.0)
    assert not replays.first("a", 2 * WINDOW_SECONDS - 1.0)
    assert replays.first("b", 10.0)
    assert replays.first("a", 2 * WINDOW_SECONDS)
    assert not replays.first("b", 2 * WINDOW_SECONDS)


def test_when_it_is_full_it_forgets_nothing_too_early() -> None:
    replays = Replays(most=2)
    assert replays.first("a", 0.0)
    assert replays.first("b", 1.0)
    assert not replays.first("c", 2.0)
    assert not replays.first("a", 3.0)
    assert replays.first("c", 2 * WINDOW_SECONDS)
