"""Seals hold: only with the house's secret, only about the same thing, only whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rtmp.sealed import SealBroken, seal, seal_key, unseal, unseal_key
from server.rtmp.target import Platform, Target

OLD, NEW, OTHER = b"o" * 48, b"n" * 48, b"x" * 48
KEY = "sk_us-west-2_TopSecret"
TARGETS = (
    Target("a", "YouTube", Platform.YOUTUBE, "", KEY),
    Target("b", "Zwei \u2013 2", Platform.CUSTOM, "rtmp://ingest.example.org/app", KEY + "?x=1", enabled=False),
)


def test_what_was_sealed_comes_back_and_shows_nothing_before() -> None:
    sealed = seal(TARGETS, NEW, "main")
    assert unseal(sealed, [NEW], "main") == TARGETS
    assert KEY.encode() not in sealed
    assert b"YouTube" not in sealed
    assert seal(TARGETS, NEW, "main") != sealed  # another nonce each time


def test_an_older_secret_is_still_believed() -> None:
    assert unseal(seal(TARGETS, OLD, "main"), [NEW, OLD], "main") == TARGETS


def test_another_secret_station_or_purpose_opens_nothing() -> None:
    sealed = seal(TARGETS, NEW, "main")
    for secrets, station in (([OTHER], "main"), ([], "main"), ([NEW], "night")):
        with pytest.raises(SealBroken):
            unseal(sealed, secrets, station)
    with pytest.raises(SealBroken):
        unseal(seal_key(KEY, NEW, "main"), [NEW], "main")


def test_a_key_is_sealed_for_its_target() -> None:
    sealed = seal_key(KEY, NEW, "a")
    assert unseal_key(sealed, [NEW], "a") == KEY
    with pytest.raises(SealBroken):
        unseal_key(sealed, [NEW], "b")


@given(st.data())
def test_a_changed_byte_breaks_it_and_so_does_a_missing_one(data: st.DataObject) -> None:
    sealed = bytearray(seal(TARGETS, NEW, "main"))
    at = data.draw(st.integers(0, len(sealed) - 1))
    changed = bytes(sealed[:at]) + bytes([sealed[at] ^ data.draw(st.integers(1, 255))]) + bytes(sealed[at + 1 :])
    for broken in (changed, bytes(sealed[:at])):
        with pytest.raises(SealBroken) as told:
            unseal(broken, [NEW], "main")
        assert KEY not in str(told.value)


@given(st.binary(max_size=200))
def test_no_bytes_of_anybodys_do_harm(data: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal(data, [NEW], "main")
