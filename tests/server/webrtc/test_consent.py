"""Consent, exchanged with aioice's own STUN."""

import struct

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from server.webrtc.consent import Consent

NEAR, FAR = ("near", "n" * 22), ("far0", "f" * 22)
TRANSACTION = bytes(range(12))


def consent(controlling: bool = False) -> Consent:
    return Consent(NEAR, FAR, 1_845_501_695, 77, controlling=controlling)


def request(name: str = "near:far0", key: str = NEAR[1], **more: object) -> stun.Message:
    """As a browser asks."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, TRANSACTION)
    message.attributes |= {"USERNAME": name, "PRIORITY": 5, "ICE-CONTROLLING": 9, **{word.replace("_", "-"): more[word] for word in more}}
    message.add_message_integrity(key.encode())
    return message


@pytest.mark.parametrize("controlling", [False, True])
def test_what_is_asked_is_understood(controlling: bool) -> None:
    message = stun.parse_message(consent(controlling).ask(TRANSACTION))
    assert (message.message_class, message.transaction_id) == (stun.Class.REQUEST, TRANSACTION)
    assert message.attributes["USERNAME"] == "far0:near"
    assert message.attributes["ICE-CONTROLLING" if controlling else "ICE-CONTROLLED"] == 77
    assert message.check_message_integrity(FAR[1].encode())


def given_by(key: str, transaction: bytes = TRANSACTION) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, transaction)
    message.attributes["XOR-MAPPED-ADDRESS"] = ("192.0.2.1", 4_000)
    message.add_message_integrity(key.encode())
    return bytes(message)


def test_an_answer_counts_once_and_only_his() -> None:
    asking = consent()
    assert not asking.is_given(given_by(FAR[1]))
    asking.ask(TRANSACTION)
    assert not asking.is_given(given_by("x" * 22))
    assert not asking.is_given(given_by(FAR[1], b"x" * 12))
    assert not asking.is_given(bytes(request()))
    assert asking.is_given(given_by(FAR[1]))
    assert not asking.is_given(given_by(FAR[1]))


@pytest.mark.parametrize("address", [("192.0.2.9", 40_000), ("2001:db8::7", 1), ("fe80::1%eth0", 9)])
def test_he_is_answered_from_where_he_asked(address: tuple[str, int]) -> None:
    answer = consent().answer(bytes(request(USE_CANDIDATE=None)), address)
    assert answer
    message = stun.parse_message(answer)
    assert (message.message_class, message.transaction_id) == (stun.Class.RESPONSE, TRANSACTION)
    assert message.attributes["XOR-MAPPED-ADDRESS"] == (address[0].partition("%")[0], address[1])
    assert message.check_message_integrity(NEAR[1].encode())


@pytest.mark.parametrize(
    "message",
    [
        request(name="near:other"),
        request(key="x" * 22),
        request(ICE_CONTROLLED=3),
        request(CHANGE_REQUEST=1),
        stun.Message(stun.Method.BINDING, stun.Class.REQUEST, TRANSACTION),
        stun.Message(stun.Method.ALLOCATE, stun.Class.REQUEST, TRANSACTION),
    ],
)
def test_what_is_not_his_or_more_than_consent_is_left_to_others(message: stun.Message) -> None:
    assert consent().answer(bytes(message), ("192.0.2.9", 4)) is None


def test_what_stands_behind_a_signature_says_nothing() -> None:
    good = bytes(request())
    conflict = struct.pack("!HHQ", 0x8029, 8, 1)
    unsigned = good[:2] + struct.pack("!H", len(good) - 20 + len(conflict)) + good[4:] + conflict
    assert consent().answer(unsigned, ("192.0.2.9", 4)) == consent().answer(good, ("192.0.2.9", 4))


@given(st.binary(max_size=120), st.integers(0, 100))
def test_any_bytes_are_read_without_harm(noise: bytes, cut: int) -> None:
    asking = consent()
    asking.ask(TRANSACTION)
    good = bytes(request())
    for data in (noise, good[:cut] + noise, good[:20] + noise):
        asking.is_given(data)
        asking.answer(data, ("192.0.2.9", 4))
