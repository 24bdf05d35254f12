"""The ledger."""

import pytest

from server.nowplaying.listeners import Audience, Listeners, Place

MP3 = Place("main", "icy", "radio.mp3")


def test_counts_all_and_each_once() -> None:
    listeners = Listeners()
    with listeners.listening(MP3, "a", "vlc"), listeners.listening(MP3, "a", "vlc"), listeners.listening(MP3, "a", "mpv"):
        assert listeners.audience("main") == Audience(3, 2)
        assert listeners.audience("night") == Audience(0, 0)
        assert listeners.by_output() == {("main", "icy"): 3}
    assert listeners.audience("main") == Audience(0, 0)


def test_one_who_hears_two_mounts_is_one() -> None:
    listeners = Listeners()
    with listeners.listening(MP3, "a", "vlc"), listeners.listening(Place("main", "hls", "live"), "a", "vlc"):
        assert listeners.audience("main") == Audience(2, 1)
        assert listeners.audience("main", "live") == Audience(1, 1)


def test_a_listener_who_ends_in_an_error_is_gone_too() -> None:
    listeners = Listeners()
    with pytest.raises(ConnectionError), listeners.listening(MP3, "a", "vlc"):
        raise ConnectionError
    assert listeners.audience("main").total == 0


def test_one_who_asks_for_piece_after_piece_counts_as_long_as_he_asks() -> None:
    now = 100.0
    listeners = Listeners(lambda: now)
    hls = Place("main", "hls", "live.m3u8")
    for _ in range(5):
        listeners.called(hls, "a", "hls.js")
        listeners.called(hls, "b", "hls.js")
        now += 4.0
    assert listeners.audience("main") == Audience(2, 2)
    assert listeners.by_output() == {("main", "hls"): 2}
    for _ in range(3):
        now += 4.0
        listeners.called(hls, "b", "hls.js")
    assert listeners.audience("main") == Audience(1, 1)
    now += 20.0
    assert listeners.audience("main") == Audience(0, 0)
