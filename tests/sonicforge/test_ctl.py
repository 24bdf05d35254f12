"""What is typed behind `ctl`, and what is answered."""

from typing import Any

import pytest

from sonicforge.cli.ctl import _lines, _request


@pytest.mark.parametrize(
    ("words", "request_"),
    [
        ("mastering", {"do": "mastering"}),
        ("mastering loud", {"do": "master", "preset": "loud", "changes": {}}),
        (
            "mastering loud servo.target_lufs=-15 compressor.low.bypass=true",
            {"do": "master", "preset": "loud", "changes": {"servo": {"target_lufs": -15.0}, "compressor": {"low": {"bypass": True}}}},
        ),
        ("mastering set limiter.ceiling_dbtp=-2", {"do": "master", "changes": {"limiter": {"ceiling_dbtp": -2.0}}}),
        ("mastering insert out", {"do": "master", "insert": False}),
        ("mastering insert", None),
        ("mastering set", None),
        ("mastering loud quickly", None),
        ("mastering loud servo.target_lufs=much", None),
        ("mastering set servo=1 servo.bypass=true", None),
    ],
)
def test_what_is_typed(words: str, request_: dict[str, Any] | None) -> None:
    assert _request(words.split()) == request_


def test_what_is_answered_can_be_typed_again() -> None:
    insert = {"state": "waiting", "plug_ins": ["Some EQ"], "reason": "they crashed (SIGSEGV)"}
    settings = {"servo": {"target_lufs": -16.0, "bypass": False}, "compressor": {"low": {"ratio": 2.5}}}
    lines = _lines({"preset": "loud", "changed": True, "settings": settings, "presets": {"loud": "Dense."}, "insert": insert, "ok": True})
    assert lines[0] == "Preset    loud (changed)"
    assert "Presets   loud: Dense." in lines
    assert "Insert    out, they will be started again, Some EQ: they crashed (SIGSEGV)" in lines
    typed = [line.split()[-1] for line in lines[-3:]]
    assert _request(["mastering", "set", *typed]) == {"do": "master", "changes": settings}


def entry(name: str, reason: str) -> dict[str, Any]:
    return {"id": name, "track": {"artist": "Band", "title": name, "frames": 48_000 * 61}, "reason": reason}


def test_a_queue_begins_with_what_is_cued_already() -> None:
    assert _lines({"queue": [entry("b", "queue")], "cued": entry("a", "queue"), "ok": True}) == [
        "Next      a  Band - a  1:01  [queue]",
        "          b  Band - b  1:01  [queue]",
    ]
    assert _lines({"queue": [], "cued": entry("a", "queue"), "ok": True}) == [
        "Next      a  Band - a  1:01  [queue]",
        "Nothing else is queued: the rundown chooses.",
    ]
    assert _lines({"queue": [], "cued": None, "ok": True}) == ["Nothing is queued: the rundown chooses."]
