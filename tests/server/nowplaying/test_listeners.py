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
