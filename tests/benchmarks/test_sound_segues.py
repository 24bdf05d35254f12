"""The referee of segues finds what is wrong with one: a step, a level beside plan, beats that do not meet."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.row import Row
from benchmarks.sound_segues import BEATS, CLICKS, FALLBACKS, LEVEL, PLANNED, Kept, run
from benchmarks.sound_segues_tracks import Piece, pieces
from dsp.block import frames_of
from server.programme.deck import Deck
from server.programme.prepared_segue import PreparedSegue
from server.segue_plan import SegueKind

SEGUES = 14


class Spoiling(Kept):
    """Makes one thing wrong in every segue of one kind."""

    def __init__(self, kind: SegueKind, wrong: str) -> None:
        super().__init__()
        self.kind = kind
        self.wrong = wrong

    async def prepare(self, leaving: Deck, coming: Deck) -> PreparedSegue | None:
        segue = await super().prepare(leaving, coming)
        if segue is None or segue.plan.kind is not self.kind:
            return segue
        head = segue.head.copy()
        if self.wrong == "click":
            head[:, segue.plan.overlap_frames - 1 :] += 0.3
        elif self.wrong == "level":
            head *= 0.6
        elif self.wrong == "beat":
            head = np.roll(head, frames_of(0.014), axis=1)
        spoilt = replace(segue, head=head)
        self.made[leaving.entry.id, coming.entry.id] = spoilt, leaving, coming
        return spoilt


@pytest.fixture(scope="module")
def material() -> list[Piece]:
    """Made once: nobody changes it."""
    return pieces()


def rows_of(material: list[Piece], planner: Kept | None = None) -> dict[str, Row]:
    return {row.name: row for row in run(SEGUES, planner, material)}


def test_a_few_segues_hold_every_bar(material: list[Piece]) -> None:
    rows = rows_of(material)
    assert set(rows) == {bar.name for bar in (CLICKS, PLANNED, LEVEL, BEATS, FALLBACKS)}
    assert [row for row in rows.values() if not row.holds] == []
    assert "beat-matched" in rows[CLICKS.name].note


@pytest.mark.parametrize(
    ("kind", "wrong", "bar"),
    [(SegueKind.FADE, "click", CLICKS), (SegueKind.FADE, "level", LEVEL), (SegueKind.BEATMATCHED, "beat", BEATS)],
    ids=["a step", "too soft", "14 ms late"],
)
def test_what_is_wrong_is_found(material: list[Piece], kind: SegueKind, wrong: str, bar: object) -> None:
    rows = rows_of(material, Spoiling(kind, wrong))
    assert not rows[bar.name].holds  # type: ignore[attr-defined]


def test_equal_seeds_make_equal_tracks(material: list[Piece]) -> None:
    one, again = material, pieces()
    assert [piece.track for piece in one] == [piece.track for piece in again]
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(one, again, strict=True))
    kinds = {piece.track.genre for piece in one} | {piece.track.album for piece in one}
    assert {"Jingle", "One Piece"} <= kinds
