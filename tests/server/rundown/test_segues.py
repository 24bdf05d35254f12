"""The planner of segues: the order in which it decides, its words, and that nothing it cannot do in time disturbs anybody."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from dsp.block import Samples, frames_of
from dsp.hearing import Key
from dsp.segue import falling
from dsp.vocoder import vocode
from server.programme.deck import Deck
from server.programme.prepared_segue import PreparedSegue
from server.rundown.segues import SPOKEN, Segues, at_once, in_thread, is_spoken, segue_between
from server.rundown.stretching import StretchError
from server.segue_plan import SegueKind, SeguePlan
from tests.server.decks import a_track, beaten_deck, chord, deck
from tests.server.virtual_station import track


def no_stretch(_piece: Samples, _speed: float) -> Samples:
    raise AssertionError("nothing was to be stretched")


def planned(leaving: Deck, coming: Deck, stretch: Callable[[Samples, float], Samples] = no_stretch) -> tuple[SegueKind, str]:
    plan = segue_between(leaving, coming, stretch).plan
    return plan.kind, plan.why


def tailed(seconds: float = 20.0, tail_seconds: float = 5.0) -> Samples:
    """It rings out over its last seconds."""
    sound = chord(seconds).copy()
    frames = frames_of(tail_seconds)
    sound[:, -frames:] *= falling(frames, 0, frames) ** 4 * 0.3
    return sound


def test_a_beat_in_common_is_used() -> None:
    kind, why = planned(beaten_deck("a", 128.0), beaten_deck("b", 128.6))
    assert kind is SegueKind.BEATMATCHED
    assert why == "128.0 and 128.6 BPM, keys 8A and 8A: mixed on the beat over 16 bars (30 s), the new track 0.5% slower at first."


@pytest.mark.parametrize(
    ("coming", "reason"),
    [
        (lambda: beaten_deck("b", 140.0), "the tempi 128.0 and 140.0 BPM lie 9% apart"),
        (lambda: beaten_deck("b", 128.0, key=Key(6, True, 0.9, 0.0)), "the keys 8A and 11A do not go together"),
        (lambda: deck("b", chord(60.0)), "the ears have not heard both tracks yet"),
    ],
    ids=["tempo", "key", "unheard"],
)
def test_where_it_cannot_be_used_the_words_say_why(coming: Callable[[], Deck], reason: str) -> None:
    kind, why = planned(beaten_deck("a", 128.0, seconds=60.0), coming())
    assert kind is SegueKind.FADE
    assert why == f"Its last 2.0 s are as loud as the rest. Not on the beat: {reason}."


def test_a_mix_that_should_have_begun_is_not_begun() -> None:
    leaving = beaten_deck("a", 128.0)
    leaving.read(frames_of(40.0))
    kind, why = planned(leaving, beaten_deck("b", 128.0))
    assert kind is SegueKind.FADE
    assert "on air already" in why


@pytest.mark.parametrize("failure", ["the child died", "it took too long"])
def test_without_a_stretcher_it_is_an_ordinary_segue_that_says_so(failure: str) -> None:
    def broken(_piece: Samples, _speed: float) -> Samples:
        raise StretchError(failure)

    kind, why = planned(beaten_deck("a", 128.0), beaten_deck("b", 131.0), broken)
    assert kind is SegueKind.FADE
    assert failure in why


def test_a_tail_rings_out_under_the_next_one() -> None:
    kind, why = planned(deck("a", tailed(), 5.0), deck("b", chord(20.0)))
    assert kind is SegueKind.TAIL
    assert why.startswith("Its last 5.0 s fade by themselves, ")


@pytest.mark.parametrize(("overlap_seconds", "kind"), [(0.0, SegueKind.COLD), (0.3, SegueKind.COLD), (0.5, SegueKind.FADE)])
def test_what_ends_cold_ends_cold(overlap_seconds: float, kind: SegueKind) -> None:
    assert planned(deck("a", chord(20.0), overlap_seconds), deck("b", chord(20.0)))[0] is kind


def test_a_cold_end_comes_before_the_beat() -> None:
    assert planned(beaten_deck("a", 128.0, overlap_seconds=0.1), beaten_deck("b", 128.0))[0] is SegueKind.COLD


def halves(**changes: object) -> tuple[Deck, Deck]:
    whole = chord(40.3)
    first, second = whole[:, :960_000].copy(), whole[:, 960_000:].copy()
    album = {"album": "One Piece", **changes}
    return deck("a", first, 0.02, **album), deck("b", second, 0.02, **album)  # type: ignore[arg-type]


def test_an_album_that_runs_on_is_not_cut() -> None:
    kind, why = planned(*halves())
    assert kind is SegueKind.GAPLESS
    assert why == "Both are of “One Piece” and run into one another there."


def test_two_tracks_of_no_album_are_no_album() -> None:
    assert planned(*halves(album=""))[0] is SegueKind.COLD


def test_an_album_with_pauses_between_its_tracks_is_not_run_together() -> None:
    leaving, coming = halves()
    silent_end = leaving.sound.copy()
    silent_end[:, -9_600:] = 0.0
    assert planned(deck("a", silent_end, 0.02, album="One Piece"), coming)[0] is SegueKind.COLD


def test_tracks_of_an_album_that_do_not_follow_one_another_are_not_run_together() -> None:
    leaving, coming = halves()
    assert planned(coming, leaving)[0] is SegueKind.COLD, "joined the wrong way round they click"


def test_a_track_that_is_trimmed_does_not_run_on() -> None:
    leaving, coming = halves()
    later = a_track("b", coming.sound, 0.02, album="One Piece", cue_in_frames=frames_of(0.5))
    assert planned(leaving, Deck(replace(coming.entry, track=later), coming.sound, -16.0))[0] is SegueKind.COLD


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        ("News", "House", "The music comes in under the end of the News"),
        ("House", "Jingle", "The music steps back under the Jingle"),
        ("Station  ID", "podcast", "one after the other"),
    ],
)
def test_speech_and_jingles_duck(ours: str, theirs: str, words: str) -> None:
    kind, why = planned(deck("a", chord(20.0), genre=ours), deck("b", chord(20.0), genre=theirs))
    assert kind is SegueKind.DUCK
    assert words in why


def test_speech_after_a_cold_end_follows_it() -> None:
    kind, why = planned(deck("a", chord(20.0), 0.1), deck("b", chord(20.0), genre="news"))
    assert kind is SegueKind.COLD
    assert why == "It ends cold; the news follows."


@pytest.mark.parametrize("genre", sorted(SPOKEN))
def test_whatever_the_case_it_is_speech(genre: str) -> None:
    assert is_spoken(track("t", genre=f" {genre.upper()} "))
    assert not is_spoken(track("t", genre=f"{genre} core"))


async def test_what_takes_too_long_is_left_and_counted() -> None:
    async def never(_work: Callable[[], PreparedSegue]) -> PreparedSegue:
        raise TimeoutError

    segues = Segues(never)
    assert await segues.prepare(deck("a", chord(20.0)), deck("b", chord(20.0))) is None
    assert segues.unready_total == 1


async def test_what_fails_is_left_and_counted() -> None:
    def broken(_piece: Samples, _speed: float) -> Samples:
        raise RuntimeError("the vocoder broke")

    segues = Segues(at_once, broken)
    assert await segues.prepare(beaten_deck("a", 128.0), beaten_deck("b", 131.0)) is None
    assert segues.unready_total == 1
    assert await segues.prepare(deck("a", chord(20.0)), deck("b", chord(20.0))) is not None
    assert segues.unready_total == 1


async def test_an_engine_has_it_made_in_a_thread_and_goes_on_meanwhile() -> None:
    began, may_end = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    leaving, coming = deck("a", chord(20.0)), deck("b", chord(20.0))

    def work() -> PreparedSegue:
        loop.call_soon_threadsafe(began.set)
        assert may_end.wait(10.0)
        return segue_between(leaving, coming, no_stretch)

    making = asyncio.create_task(in_thread(work))
    async with asyncio.timeout(10.0):
        await began.wait()  # the loop turns while the work stands
    assert not making.done()
    may_end.set()
    assert (await making).plan.kind is SegueKind.FADE


@pytest.mark.parametrize(
    "coming", [beaten_deck("b", 128.6), beaten_deck("b", 131.0), deck("b", chord(20.0))], ids=["glide", "stretch", "fade"]
)
def test_a_plan_can_be_written_down(coming: Deck) -> None:
    """No number in it is numpy's: it crosses the wire and lies in the state."""
    plan = segue_between(beaten_deck("a", 128.0), coming, vocode).plan
    assert msgspec.json.decode(msgspec.json.encode(plan), type=SeguePlan) == plan
