from generation.backend import unheard
from generation.critic import Verdict
from generation.studio import Studio
from generation.take import Take
from generation.worker import IDLE_SECONDS, Turn, first_turn, keep_ahead, render_ahead
from tests.generation.takes import PatternBackend


def accept(take: Take) -> Verdict:
    return Verdict((), -16.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, take.seconds)


class Shelf:
    """Keeps takes; full as often as it is told."""

    def __init__(self, full: int = 0) -> None:
        self.takes: list[Take] = []
        self._full = full

    def keep(self, take: Take) -> None:
        if self._full:
            self._full -= 1
            raise OSError("no space left on device")
        self.takes.append(take)

    def waiting(self) -> int:
        return len(self.takes)


def test_renders_only_while_too_few_wait() -> None:
    shelf, backend = Shelf(), PatternBackend("good good good")
    studio = Studio(backend, accept)
    turn = first_turn(10)
    for _ in range(5):
        turn = render_ahead(studio, shelf, shelf.waiting, 2, turn, unheard)
    assert len(shelf.takes) == 2
    assert turn == Turn(12, None, "", 0, IDLE_SECONDS)
    assert backend.briefs == [studio.brief_at(10), studio.brief_at(11)]


def test_a_failure_is_passed_over_and_the_rest_grows_and_ends_with_success() -> None:
    shelf = Shelf()
    studio = Studio(PatternBackend("fails fails fails good fails"), accept)
    turns = [first_turn(0)]
    for _ in range(5):
        turns.append(render_ahead(studio, shelf, shelf.waiting, 9, turns[-1], unheard))
    assert [turn.rest_seconds for turn in turns[1:]] == [10.0, 20.0, 40.0, 0.0, 10.0]
    assert [turn.counter for turn in turns] == [0, 1, 2, 3, 4, 5]
    assert "out of ideas" in turns[1].failure
    assert turns[4].take is shelf.takes[0]


def test_the_rest_after_failures_has_an_end() -> None:
    turn = Turn(0, None, "", 40, 0.0)
    assert render_ahead(Studio(PatternBackend("fails"), accept), Shelf(), lambda: 0, 1, turn, unheard).rest_seconds == 600.0


def test_a_take_that_cannot_be_kept_is_made_again() -> None:
    shelf = Shelf(full=1)
    studio = Studio(PatternBackend("good good"), accept)
    refused = render_ahead(studio, shelf, shelf.waiting, 1, first_turn(7), unheard)
    assert (refused.counter, refused.take, refused.failures) == (7, None, 1)
    assert "no space left" in refused.failure
    kept = render_ahead(studio, shelf, shelf.waiting, 1, refused, unheard)
    assert (kept.counter, kept.failures) == (8, 0)
    assert shelf.takes[0].brief == studio.brief_at(7)


def test_the_loop_tells_every_turn_and_ends_when_told() -> None:
    shelf = Shelf()
    told: list[Turn] = []
    rests: list[float] = []

    def rest(seconds: float) -> bool:
        rests.append(seconds)
        return len(rests) < 4

    heard: list[tuple[float, str]] = []
    studio = Studio(PatternBackend("good fails good"), accept)
    keep_ahead(studio, shelf, shelf.waiting, 2, 0, lambda done, doing: heard.append((done, doing)), told.append, rest)
    assert [turn.counter for turn in told] == [1, 2, 3, 3]
    assert rests == [0.0, 10.0, 0.0, IDLE_SECONDS]
    assert heard == [(0.5, "pretending")] * 3
