"""What is written into a job, and what is read out of it again."""

from control.jobs.job import State
from control.pipeline.booking import MAKE, MEASURE, Booked, Trial
from generation.brief import Brief, Passage


def test_a_brief_comes_out_as_it_went_in() -> None:
    sections = (Passage("intro", 8), Passage("drop"), Passage("outro", 8))
    for brief in (Brief("techno", 2**63 - 1, 181.5, 132.5, "F# minor", "dark", sections, "a long tunnel"), Brief("ambient", 0, 30.0)):
        booked = Booked.model_validate_json(Booked.of("main", brief, air=True).model_dump_json())
        assert (booked.brief(), booked.brief().id, booked.station, booked.air) == (brief, brief.id, "main", True)


def test_the_jobs_are_retried_and_then_wait_for_a_person() -> None:
    assert MAKE.attempts == MEASURE.attempts == 3
    assert MAKE.key_frees
    assert MEASURE.at_once == 1
    assert not State.QUEUED.is_final
    assert Trial().seconds == 30.0
