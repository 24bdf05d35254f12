"""A worker without a socket: a Caller that answers by the protocol, signed, and misbehaves where it is told to."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import numpy as np

from dsp.block import Samples, frames_of
from generation.brief import Brief
from generation.remote.caller import Reply
from generation.remote.errors import NoReply
from generation.remote.shapes import Format, written_take
from generation.remote.signing import NONCE, SIGNATURE, TIME, SigningKey
from generation.remote.wav import written_wav
from generation.take import Take
from server.clock import VirtualClock

KEY = "0123456789abcdef0123456789abcdef"
ADDRESS = "https://gpu.example/studio"
BRIEF = Brief("house", 7, 30.0, 124.0, "A minor", "warm")


@cache
def hum(seconds: float = 30.0, level: float = 0.2) -> Samples:
    """A tone in both channels."""
    time = np.arange(frames_of(seconds)) / 48_000
    return np.stack([level * np.sin(2 * np.pi * hz * time) for hz in (220.0, 221.0)]).astype(np.float32)


@cache
def hummed(seconds: float) -> bytes:
    """The same, as a WAV."""
    return written_wav(hum(seconds), 48_000)


def take_of(brief: Brief, samples: Samples | None = None) -> Take:
    """As a worker's backend makes it."""
    sound = hum(brief.seconds) if samples is None else samples
    return Take(sound, brief, "Far Tone", "Distant Machine", 124.0, "A minor", (), {"backend": "far", "revision": "3"})


@dataclass
class FarWorker:
    """Keeps its errands by id. `lies` changes each JSON before it is sent; `script` is how the next calls end: "ok", "silent", a status."""

    clock: VirtualClock = field(default_factory=VirtualClock)
    key: str = KEY
    script: list[str] = field(default_factory=list)
    states: list[dict[str, Any]] = field(default_factory=list)
    """What the next questions are answered with, before the errand is done."""
    sound: Callable[[bytes], bytes] = lambda packed: packed
    lies: Callable[[dict[str, Any]], dict[str, Any]] = lambda told: told
    forget: int = 0
    """How many times an errand is lost after it was taken."""
    calls: list[tuple[str, str]] = field(default_factory=list)
    errands: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    closed: int = 0

    def count(self, method: str, end: str = "") -> int:
        return sum(one == method and target.endswith(end) for one, target in self.calls)

    def call(self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, largest_bytes: int) -> Reply:
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.calls.append((method, target))
        ending = self.script.pop(0) if self.script else "ok"
        if ending == "silent":
            self.clock.sleep_until(self.clock.monotonic() + timeout_seconds)
            raise NoReply("no whole answer in time")
        if ending not in ("ok", "forged"):
            refusal = b'{"error": "not now"}'
            signature = SigningKey(self.key.encode()).of_answer(int(ending), headers[NONCE], refusal) if self.key else ""
            return Reply(int(ending), refusal, signature, retry_after_seconds=7.0)
        if self.key:
            right = SigningKey(self.key.encode()).of_request(method, target, headers[TIME], headers[NONCE], body)
            if headers[SIGNATURE] != right:
                return Reply(401, b'{"error": "the signature is not of this request under our key"}')
        status, said = self._answer(method, parts.path.removeprefix("/studio"), parse_qs(parts.query), body)
        assert len(said) <= largest_bytes
        signature = SigningKey(self.key.encode()).of_answer(status, headers[NONCE], said) if self.key else ""
        return Reply(status, said, "0" * 64 if ending == "forged" else signature)

    def close(self) -> None:
        self.closed += 1

    def _answer(self, method: str, path: str, query: dict[str, list[str]], body: bytes) -> tuple[int, bytes]:
        match method, path.strip("/").split("/"):
            case "GET", ["v1", "about"]:
                return self._json({"protocol": 1, "name": "far", "most_at_once": 4})
            case "POST", ["v1", "errands"]:
                asked = json.loads(body)
                self.errands[asked["id"]] = asked["briefs"]
                return self._json({"id": asked["id"], "state": "queued"}, 202)
            case "GET", ["v1", "errands", number]:
                return self._stand(number)
            case "GET", ["v1", "errands", number, "takes", which]:
                start, size = int(query["from"][0]), int(query["bytes"][0])
                return 200, self.packed(self.errands[number][int(which)])[start : start + size]
            case "DELETE", ["v1", "errands", number]:
                self.errands.pop(number, None)
                return 204, b""
        return 404, b"{}"

    def _stand(self, number: str) -> tuple[int, bytes]:
        if self.forget:
            self.forget -= 1
            self.errands.pop(number, None)
        if number not in self.errands:
            return 404, b'{"error": "this errand is not known here"}'
        if self.states:
            return self._json({"id": number, **self.states.pop(0)})
        takes = [self.told(brief) for brief in self.errands[number]]
        return self._json({"id": number, "state": "done", "done": 1.0, "takes": takes})

    def told(self, brief: dict[str, Any]) -> dict[str, Any]:
        wish = Brief(brief["genre"], brief["seed"], brief["seconds"])
        honest = hummed(wish.seconds)
        return {**msgspec.to_builtins(written_take(wish, take_of(wish), honest, Format.WAV)), "brief": brief["id"]}

    def packed(self, brief: dict[str, Any]) -> bytes:
        return self.sound(hummed(brief["seconds"]))

    def _json(self, told: dict[str, Any], status: int = 200) -> tuple[int, bytes]:
        return status, json.dumps(self.lies(told)).encode()
