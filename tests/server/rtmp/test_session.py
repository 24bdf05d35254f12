"""A session against ingests that answer, refuse, dawdle and speak nonsense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rtmp.amf0 import Value
from server.rtmp.chunks import ChunkWriter, Kind
from server.rtmp.session import CHUNK_BYTES, RANDOM_BYTES, Connected, Event, Over, Published, Session
from server.rtmp.target import parse_address
from tests.server.rtmp.ingest import Ingest, Manner

KEY = "live_4711_SecretOfTheHouse"
ADDRESS = parse_address("rtmps://ingest.example.org/live2")


def exchange(session: Session, ingest: Ingest) -> list[Event]:
    """Lets both talk until nobody has anything to say."""
    events: list[Event] = []
    while out := session.take_out():
        events += session.receive(ingest.receive(out))
    return events


def met(manner: Manner | None = None) -> tuple[Session, Ingest, list[Event]]:
    session, ingest = Session(ADDRESS, KEY, bytes(RANDOM_BYTES)), Ingest(manner)
    return session, ingest, exchange(session, ingest)


def published() -> tuple[Session, Ingest]:
    session, ingest, events = met()
    assert events == [Connected()]
    session.publish()
    assert exchange(session, ingest) == [Published()]
    return session, ingest


def test_a_session_in_the_order_that_every_ingest_knows() -> None:
    session, ingest = published()
    assert [command[0] for command in ingest.commands] == ["handshake", "connect", "releaseStream", "FCPublish", "createStream", "publish"]
    about = ingest.commands[1][2]
    assert isinstance(about, dict)
    assert about["app"] == "live2"
    assert about["tcUrl"] == "rtmps://ingest.example.org/live2"
    assert str(about["flashVer"]).startswith("FMLE/3.0")
    assert ingest.commands[-1][2:] == [None, KEY, "live"]
    session.picture(0, b"head")
    session.sound(21, b"x" * (3 * CHUNK_BYTES))
    session.metadata(0x1000000, b"")
    exchange(session, ingest)
    assert [(tag.kind, tag.stream_id, tag.milliseconds, len(tag.body)) for tag in ingest.tags] == [
        (Kind.VIDEO, 7, 0, 4),
        (Kind.AUDIO, 7, 21, 3 * CHUNK_BYTES),
        (Kind.DATA, 7, 0x1000000, 16),
    ]
    session.say_goodbye()
    exchange(session, ingest)
    assert [command[0] for command in ingest.commands[-2:]] == ["FCUnpublish", "deleteStream"]
    assert ingest.commands[-1][3] == 7.0


def test_nothing_of_the_key_is_said_before_publishing() -> None:
    _, ingest, _ = met()
    assert KEY not in repr(ingest.commands)


def test_it_answers_pings_and_confirms_what_it_received() -> None:
    session, ingest = published()
    session.receive(ingest.control(Kind.WINDOW_SIZE, (2_500).to_bytes(4, "big")))
    session.receive(ingest.control(Kind.PEER_BANDWIDTH, (2_500).to_bytes(4, "big") + b"\2"))
    session.receive(ingest.control(Kind.USER_CONTROL, b"\0\6\1\2\3\4"))
    exchange(session, ingest)
    assert ingest.pongs == [b"\0\7\1\2\3\4"]
    for _ in range(8):
        session.receive(ingest.control(Kind.USER_CONTROL, b"\0\0" + bytes(300)))
    exchange(session, ingest)
    assert ingest.acknowledgements
    assert all(count >= 2_500 for count in ingest.acknowledgements)


@pytest.mark.parametrize(
    ("manner", "reason"),
    [
        (
            Manner(refuse_connect={"code": "NetConnection.Connect.Rejected", "description": "no such app"}),
            "the platform refused the connection (NetConnection.Connect.Rejected: no such app)",
        ),
        (Manner(refuse_connect=[1.0]), "the platform refused the connection"),
        (
            Manner(refuse_publish={"level": "error", "code": "NetStream.Publish.BadName", "description": "Already publishing"}),
            "the platform refused the stream key (NetStream.Publish.BadName: Already publishing)",
        ),
        (Manner(refuse_publish={"level": "error", "description": f"no stream {KEY}"}), "the platform refused the stream key"),
        (Manner(refuse_publish={"level": "error", "code": f"Key.{KEY}"}), "the platform refused the stream key"),
    ],
)
def test_refusals_in_plain_words_without_the_key(manner: Manner, reason: str) -> None:
    session, ingest, events = met(manner)
    if events == [Connected()]:
        session.publish()
        events = exchange(session, ingest)
    assert events == [Over(reason, refused=True)]
    assert session.receive(ingest.say("onStatus", 0.0, None, {"code": "NetStream.Publish.Start"})) == []


def test_a_session_that_the_platform_ends_is_over_but_not_refused() -> None:
    for said in (("onStatus", {"level": "error", "code": "NetConnection.Connect.Closed"}), ("close", None)):
        session, ingest = published()
        (over,) = session.receive(ingest.say(said[0], 0.0, None, said[1]))
        assert isinstance(over, Over)
        assert over.reason.startswith("the platform ended the session")
        assert not over.refused


def test_what_it_need_not_understand_does_not_disturb_it() -> None:
    session, ingest, _ = met()
    for said in ("onBWDone", "onFCPublish", "_checkbw", "_result", "_error"):
        assert session.receive(ingest.say(said, 2.0, None, {"level": "status"})) == []
    session.publish()
    assert exchange(session, ingest) == [Published()]


@pytest.mark.parametrize("number", [None, "7", -1.0, 2.0**33, True])
def test_a_stream_without_a_number(number: Value) -> None:
    session, ingest, _ = met(Manner(silent_after="createStream"))
    session.publish()
    exchange(session, ingest)
    (over,) = session.receive(ingest.say("_result", 4.0, None, number))
    assert isinstance(over, Over)


def test_servers_that_speak_something_else() -> None:
    for words in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x15\x03\x01\x00\x02"):
        (over,) = Session(ADDRESS, KEY, bytes(RANDOM_BYTES)).receive(words)
        assert over == Over("the server speaks no RTMP", refused=False)
    session, _, _ = met()
    (over,) = session.receive(b"\xc5garbage")
    assert isinstance(over, Over)
    assert "understood" in over.reason
    session, _, _ = met()
    (over,) = session.receive(ChunkWriter().cut(3, Kind.COMMAND, 0, 0, b"\x11"))
    assert isinstance(over, Over)


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=12), st.booleans())
def test_no_bytes_at_any_time_do_harm(pieces: list[bytes], greeted: bool) -> None:
    session = met()[0] if greeted else Session(ADDRESS, KEY, bytes(RANDOM_BYTES))
    for piece in pieces:
        for event in session.receive(piece):
            assert not isinstance(event, Over) or KEY not in event.reason
        session.take_out()


def test_bytes_that_come_one_at_a_time() -> None:
    session, ingest = Session(ADDRESS, KEY, bytes(RANDOM_BYTES)), Ingest()
    events: list[Event] = []
    while out := session.take_out():
        for byte in ingest.receive(out):
            events += session.receive(bytes([byte]))
    assert events == [Connected()]
