import pytest

from dsp.servo import DEAD_BAND_LU, PATIENCE_SECONDS, LoudnessServo
from dsp.settings import ServoSettings

RANGE_DB, SPEED_DB = ServoSettings().range_db, ServoSettings().speed_db


def gain_after(servo: LoudnessServo, lufs: float, seconds: float) -> float:
    for _ in range(round(seconds * 50)):
        servo.hear(lufs, 0.02)
    return servo.gain_db


@pytest.mark.parametrize(("lufs", "gain_db"), [(-20.0, 4.0), (-13.0, -3.0), (-16.2, 0.0), (-40.0, RANGE_DB), (0.0, -RANGE_DB)])
def test_settles_where_the_programme_is_at_its_target(lufs: float, gain_db: float) -> None:
    assert gain_after(LoudnessServo(ServoSettings()), lufs, 60.0) == pytest.approx(gain_db, abs=DEAD_BAND_LU / 2)


def test_moves_no_faster_than_it_may() -> None:
    servo = LoudnessServo(ServoSettings())
    before = servo.gain_db
    for _ in range(1000):
        servo.hear(-30.0, 0.02)
        assert abs(servo.gain_db - before) <= SPEED_DB * 0.02 + 1e-12
        before = servo.gain_db
    assert servo.gain_db > 5.0


def test_does_nothing_before_it_has_heard_enough() -> None:
    assert gain_after(LoudnessServo(ServoSettings()), -30.0, PATIENCE_SECONDS - 0.1) == 0.0


def test_a_pause_is_not_heard() -> None:
    servo = LoudnessServo(ServoSettings())
    settled = gain_after(servo, -20.0, 40.0)
    assert gain_after(servo, -70.0, 600.0) == settled


def test_a_quiet_passage_keeps_its_quiet() -> None:
    servo = LoudnessServo(ServoSettings())
    gain_after(servo, -16.0, 60.0)
    assert gain_after(servo, -30.0, 20.0) == 0.0
    assert gain_after(servo, -16.0, 20.0) == 0.0


def test_a_passage_that_goes_on_is_the_programme() -> None:
    servo = LoudnessServo(ServoSettings())
    gain_after(servo, -16.0, 60.0)
    assert gain_after(servo, -30.0, 240.0) == pytest.approx(RANGE_DB, abs=DEAD_BAND_LU)


def test_at_its_target_it_stands_still() -> None:
    servo = LoudnessServo(ServoSettings())
    assert gain_after(servo, -16.0 + DEAD_BAND_LU * 0.9, 300.0) == 0.0


def test_the_way_to_the_target_is_gone_at_once_and_the_correction_stays() -> None:
    servo = LoudnessServo(ServoSettings(target_lufs=-23.0))
    assert servo.gain_db == -7.0
    settled = gain_after(servo, -20.0, 60.0)
    assert settled == pytest.approx(-3.0, abs=DEAD_BAND_LU / 2)
    servo.change(ServoSettings(target_lufs=-14.0))
    assert servo.gain_db == pytest.approx(settled + 9.0)


def test_a_smaller_range_holds_at_once() -> None:
    servo = LoudnessServo(ServoSettings())
    gain_after(servo, -24.0, 60.0)
    servo.change(ServoSettings(range_db=2.0))
    assert servo.gain_db == 2.0
    assert gain_after(servo, -24.0, 60.0) == 2.0
