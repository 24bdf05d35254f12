"""Patience, without waiting."""

from server.rtmp.retry import Retry


def pauses(retry: Retry, count: int, attempt_seconds: float = 0.0, now: float = 0.0) -> list[float]:
    found = []
    for _ in range(count):
        now += attempt_seconds
        pause = retry.pause_after(now, 0.0)
        found.append(pause)
        now += pause
    return found


def test_at_once_then_ten_seconds_eagerly_then_rarely() -> None:
    assert pauses(Retry(lambda: 0.5), 17) == [0.0] + [1.0] * 10 + [2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_the_jitter_is_a_fifth_to_either_side() -> None:
    assert pauses(Retry(lambda: 0.0), 12)[-1] == 1.6
    assert pauses(Retry(lambda: 1.0), 12)[-1] == 2.4
    assert max(pauses(Retry(lambda: 1.0), 5_000)) == 36.0


def test_a_good_session_makes_it_eager_again_a_short_one_does_not() -> None:
    retry = Retry(lambda: 0.5)
    assert pauses(retry, 13)[-1] == 4.0
    assert retry.pause_after(100.0, lived_seconds=9.9) == 8.0
    assert retry.pause_after(200.0, lived_seconds=10.0) == 0.0
    assert retry.pause_after(200.0, lived_seconds=0.0) == 1.0


def test_attempts_that_take_long_leave_eagerness_behind() -> None:
    assert pauses(Retry(lambda: 0.5), 4, attempt_seconds=10.0) == [0.0, 2.0, 4.0, 8.0]
