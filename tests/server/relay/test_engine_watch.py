from server.relay.engine_watch import PATIENCE_SECONDS, EngineWatch


def test_nothing_is_known_before_it_spoke() -> None:
    watch = EngineWatch()
    assert watch.position_at(5.0) is None
    assert watch.silent_from() is None


def test_the_clock_is_read_from_the_earliest_message() -> None:
    watch = EngineWatch()
    watch.heard("aac_64", end=48_000, length_frames=15_360, now=101.3)
    watch.heard("opus_128", end=96_000, length_frames=3_840, now=102.1)
    watch.heard("aac_64", end=96_000, length_frames=15_360, now=103.0)
    assert watch.position_at(102.1) == 96_000
    assert watch.position_at(103.1) == 144_000


def test_the_next_message_that_is_due_decides() -> None:
    watch = EngineWatch()
    watch.heard("aac_64", end=15_360, length_frames=15_360, now=10.0)
    watch.heard("opus_128", end=15_360, length_frames=3_840, now=10.1)
    assert watch.silent_from() == 10.1 + 0.08 + PATIENCE_SECONDS


def test_another_engine_is_another_clock_but_the_silence_goes_on_until_it_speaks() -> None:
    watch = EngineWatch()
    watch.heard("aac_64", end=480_000, length_frames=15_360, now=10.0)
    watch.greeted()
    silent_from = watch.silent_from()
    assert silent_from is not None
    assert silent_from <= 0.0
    assert watch.position_at(11.0) == 528_000
    watch.heard("aac_128", end=480_000, length_frames=15_360, now=12.0)
    assert watch.position_at(12.0) == 480_000
    assert watch.silent_from() == 12.0 + 0.32 + PATIENCE_SECONDS
