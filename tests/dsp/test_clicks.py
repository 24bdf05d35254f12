import time
from collections.abc import Sequence

import numpy as np
import pytest

from dsp.block import Samples, silence
from dsp.clicks import clicks_at, find_clicks
from tests.dsp.sounds import music

PLACES = range(40_000, 440_000, 20_011)


@pytest.mark.parametrize("seed", range(4))
def test_music_does_not_click(seed: int) -> None:
    assert find_clicks(music(5.0, seed)) == []


def test_silence_does_not_click_nor_does_nothing() -> None:
    assert find_clicks(silence(10_000)) == find_clicks(silence(0)) == find_clicks(silence(5)) == []


def test_finds_dropouts_of_a_millisecond() -> None:
    """Where the sound is high; where it is near 0 there is nothing to drop."""
    sound = music(10.0).copy()
    places = [place + int(np.abs(sound[0, place : place + 2000]).argmax()) for place in PLACES]
    for place in places:
        sound[:, place : place + 48] = 0.0
    assert len(near(find_clicks(sound), places)) >= 0.7 * len(places)


def test_finds_steps() -> None:
    sound = music(10.0).copy()
    for index, place in enumerate(PLACES):
        sound[:, place:] += 0.2 * (-1) ** index
    assert len(near(find_clicks(sound), PLACES)) >= 0.9 * len(PLACES)


def test_finds_a_place_to_the_frame() -> None:
    sound = music(3.0).copy()
    sound[0, 70_000:] += 0.2
    assert find_clicks(sound) == pytest.approx([70_000], abs=2)


def test_clicks_that_follow_each_other_closely_count_once() -> None:
    sound = music(3.0).copy()
    sound[:, 70_000] += 0.5
    sound[:, 70_700] += 0.5
    assert len(find_clicks(sound)) == 1


def test_a_join_that_clicks_and_one_that_does_not() -> None:
    sound, other = music(10.0), np.ascontiguousarray(music(10.0)[:, ::-1])
    heard = [clicks_at(joined(sound, other, place), place) for place in PLACES]
    silent = [clicks_at(sound, place) for place in PLACES]
    assert sum(heard) >= 0.6 * len(heard)
    assert not any(silent)


def test_a_click_elsewhere_is_not_the_joins() -> None:
    sound = music(2.0).copy()
    sound[:, 40_000] += 0.5
    assert clicks_at(sound, 40_000)
    assert not clicks_at(sound, 44_000)


def test_a_join_in_a_crackling_record_clicks_only_if_it_is_louder_than_the_crackle() -> None:
    sound = music(2.0).copy()
    sound[1, 38_000:58_000:1_999] += 0.1
    crackled, clicked = sound.copy(), sound.copy()
    crackled[1, 49_000] += 0.1
    clicked[1, 49_000] += 0.5
    assert not clicks_at(crackled, 49_000)
    assert clicks_at(clicked, 49_000)


def test_the_edges_can_be_asked_for() -> None:
    assert not clicks_at(silence(100), 0)
    assert not clicks_at(silence(100), 100)


def test_two_seconds_are_judged_at_once() -> None:
    sound = music(2.0)
    find_clicks(sound)
    started = time.thread_time()
    find_clicks(sound)
    assert time.thread_time() - started < 0.1  # 0.02 on an idle machine


def joined(first: Samples, second: Samples, place: int) -> Samples:
    return np.concatenate((first[:, :place], second[:, place:]), axis=1)


def near(found: list[int], places: Sequence[int]) -> list[int]:
    return [place for place in places if any(abs(place - frame) <= 96 for frame in found)]
