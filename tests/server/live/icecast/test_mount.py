"""Where a source wants to, and what it says it sends."""

import pytest

from server.live.decoder import Title
from server.live.icecast.mount import check_content_type, name_of, station_of
from server.live.icecast.request import Refusal, Request

STATIONS = ("main", "second")


def request(**headers: str) -> Request:
    return Request("PUT", "/main", "", "HTTP/1.1", {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("path", ["/main", "main", "/main.mp3", "/main/", "/main/live", "/main/live.ogg", "/main.mp3/x"])
def test_mounts_of_a_station(path: str) -> None:
    assert station_of(path, STATIONS) == "main"


@pytest.mark.parametrize("path", ["", "/", "/Main", "/mainx", "/x/main", "/../main", "//main", "/.mp3", "/\x1b[31m"])
def test_no_mounts(path: str) -> None:
    with pytest.raises(Refusal, match="no station") as refusal:
        station_of(path, STATIONS)
    assert refusal.value.status == 404
    assert "\x1b" not in refusal.value.reason


@pytest.mark.parametrize("kind", ["audio/mpeg", "AUDIO/MPEG", "audio/ogg; codecs=opus", "application/ogg", "audio/aacp", "audio/flac", ""])
def test_content_types_that_are_played(kind: str) -> None:
    check_content_type(request(content_type=kind))


def test_a_source_that_does_not_say_is_let_in() -> None:
    check_content_type(request())


@pytest.mark.parametrize("kind", ["text/html", "video/mp4", "audio/midi", "application/x-www-form-urlencoded", "x" * 9_000])
def test_content_types_that_are_not(kind: str) -> None:
    with pytest.raises(Refusal, match="audio/mpeg") as refusal:
        check_content_type(request(content_type=kind))
    assert refusal.value.status == 415
    assert len(refusal.value.reason) < 300


def test_the_name_of_a_source() -> None:
    assert name_of(request(ice_name="Radio\x1b", ice_description="More")) == Title("Radio")
    assert name_of(request(ice_name=" ", ice_description="More")) == Title("More")
    assert name_of(request()) == Title()
