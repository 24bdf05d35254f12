"""What an operator may write as a target, what he is told where he may not, and that no text of ours holds the key."""

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from rich.console import Console

from server.rtmp.presets import PRESETS, check_target, url_of
from server.rtmp.target import Platform, Target, UnfitTarget, parse_address

KEY = "live_4711_SecretOfTheHouse"
GOOD = Target("t1", "Our channel", Platform.CUSTOM, "rtmps://ingest.example.org/app", KEY)


def test_every_platform_with_an_address_of_its_own_needs_only_the_key() -> None:
    for platform in (Platform.YOUTUBE, Platform.TWITCH):
        address = check_target(structs.replace(GOOD, platform=platform, address=""))
        assert address.tls
        assert address.port == 443
        assert address.app in ("live2", "app")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtmps://ingest.example.org/app", "rtmps://ingest.example.org/app"),
        ("rtmps://ingest.example.org:443/app/", "rtmps://ingest.example.org/app"),
        ("rtmp://ingest.example.org:1935/live/eu", "rtmp://ingest.example.org/live/eu"),
        ("rtmp://[2001:db8::1]:1936/app", "rtmp://[2001:db8::1]:1936/app"),
        ("rtmps://b.rtmps.youtube.com:443/live2?backup=1", "rtmps://b.rtmps.youtube.com/live2?backup=1"),
    ],
)
def test_addresses(address: str, shown: str) -> None:
    assert str(parse_address(address)) == shown
    assert url_of(structs.replace(GOOD, address=address)) == shown


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "you were given"),
        ("http://example.org/app", "rtmp://"),
        ("ingest.example.org/app", "rtmp://"),
        ("rtmp:///app", "no host"),
        ("rtmp://-x-/app", "no host"),
        ("rtmp://a b/app", "no host"),
        ("rtmp://host:0/app", "no host"),
        ("rtmp://host:99999/app", "no URL"),
        ("rtmp://[::1/app", "no URL"),
        ("rtmp://host", "no application"),
        ("rtmp://host/app x", "no application"),
        ("rtmp://host/app\r\nx", "no URL"),
        ("rtmp://user:secret@host/app", "stream key"),
        ("rtmp://host/app?token=secret", "stream key"),
        ("rtmp://host/app#secret", "stream key"),
        ("rtmp://" + "h" * 300 + "/app", "longer"),
    ],
)
def test_addresses_that_are_refused_in_words(address: str, why: str) -> None:
    with pytest.raises(UnfitTarget) as refused:
        check_target(structs.replace(GOOD, address=address))
    assert refused.value.field == "address"
    assert why in str(refused.value)


def test_kick_wants_its_own_address_and_tls() -> None:
    kick = structs.replace(GOOD, platform=Platform.KICK, address="")
    with pytest.raises(UnfitTarget, match="Kick has no address for all"):
        check_target(kick)
    with pytest.raises(UnfitTarget, match="Kick takes rtmps only"):
        check_target(structs.replace(kick, address="rtmp://a1.global-contribute.live-video.net/app"))
    assert check_target(structs.replace(kick, address="rtmps://a1.global-contribute.live-video.net/app")).port == 443


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": ""}, "id"),
        ({"id": "../../etc"}, "id"),
        ({"name": ""}, "name"),
        ({"name": "\n"}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"key": ""}, "key"),
        ({"key": "two words"}, "key"),
        ({"key": "caf\u00e9"}, "key"),
        ({"key": "x\n"}, "key"),
        ({"key": "x" * 513}, "key"),
    ],
)
def test_other_fields(changes: dict[str, str], field: str) -> None:
    with pytest.raises(UnfitTarget) as refused:
        check_target(structs.replace(GOOD, **changes))
    assert refused.value.field == field


def test_what_prints_a_target_prints_no_key() -> None:
    drawn = StringIO()
    Console(file=drawn, width=200).print(GOOD, [GOOD], {"target": GOOD})
    for text in (repr(GOOD), str(GOOD), f"{[GOOD]}", drawn.getvalue(), url_of(GOOD)):
        assert KEY not in text
    assert "Our channel" in repr(GOOD)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    for prefix in ("", "rtmp://", "rtmps://host/"):
        try:
            address = parse_address(prefix + text)
        except UnfitTarget:
            continue
        assert parse_address(str(address)) == address


def test_every_platform_has_its_preset() -> None:
    assert set(PRESETS) == set(Platform)
    assert PRESETS[Platform.YOUTUBE].longest_session_seconds == 11.5 * 3_600
    assert PRESETS[Platform.TWITCH].longest_session_seconds == 47 * 3_600
