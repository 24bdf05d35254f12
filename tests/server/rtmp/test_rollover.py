"""When a session is replaced."""

import pytest

from server.rtmp.presets import PRESETS
from server.rtmp.rollover import Rollover
from server.rtmp.target import Platform

HOUR = 3_600.0


@pytest.mark.parametrize(
    ("platform", "longest"), [(Platform.TWITCH, 47 * HOUR), (Platform.YOUTUBE, 11.5 * HOUR), (Platform.CUSTOM, 19 * 24 * HOUR)]
)
def test_before_the_limit_at_a_change_else_at_the_limit(platform: Platform, longest: float) -> None:
    rollover = Rollover.of(PRESETS[platform].longest_session_seconds)
    assert not rollover.due(longest - HOUR, at_change=True)
    assert rollover.due(longest - 0.4 * HOUR, at_change=True)
    assert not rollover.due(longest - 0.4 * HOUR, at_change=False)
    assert rollover.due(longest, at_change=False)


def test_no_clock_of_milliseconds_runs_over() -> None:
    assert Rollover.of(None).longest_seconds * 1000 < 2**31
    assert Rollover.of(1e9).longest_seconds * 1000 < 2**31
