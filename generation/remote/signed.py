"""The house's own dialect: signed requests, signed answers, sound in pieces (docs/remote.md)."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from generation.brief import Brief
from generation.errors import BackendAway, GenerationFailed, StudioError
from generation.remote.caller import Reply
from generation.remote.calling import Beat, Calls, Request, said
from generation.remote.dialect import LARGEST_JSON_BYTES, read, written
from generation.remote.errors import Untrue
from generation.remote.shapes import AboutWorker, ErrandAsked, ErrandTold, TakeWritten, errand_id, written_brief
from generation.remote.signing import NONCE, SigningKey, same

PIECE_BYTES: Final = 4_194_304
LONG_POLL_SECONDS: Final = 1
"""How long the worker may wait with its answer for something to tell."""
_ANSWER_SECONDS: Final = 10.0
_PIECE_SECONDS: Final = 60.0
_LOST: Final = 404


class SignedWorker:
    """A worker that serves the protocol. Without a key nothing is signed: only a worker on the same machine takes that."""

    poll_seconds: float = 0.5

    def __init__(self, address: str, calls: Calls, key: SigningKey | None) -> None:
        self._address = address.rstrip("/")
        self._prefix = urlsplit(self._address).path
        self._calls = calls
        self._key = key

    def about(self, beat: Beat) -> AboutWorker | None:
        """Who it is."""
        return read(self._checked(self._get("/v1/about", beat), what="about").body, AboutWorker)

    def submit(self, briefs: Sequence[Brief], formats: Sequence[str], beat: Beat) -> str:
        """The same errand handed over twice is made once."""
        errand = ErrandAsked(errand_id(briefs), tuple(written_brief(brief) for brief in briefs), tuple(formats))
        body = written(errand)
        reply = self._ask("POST", "/v1/errands", body, beat)
        if reply.status in (400, 409, 413, 422):
            raise GenerationFailed(f"the worker will not make this: {said(reply.body)}")
        told = read(self._checked(reply, what="an errand").body, ErrandTold)
        if told.id != errand.id:
            raise Untrue("the worker took another errand than it was given")
        return errand.id

    def ask(self, ticket: str, beat: Beat) -> ErrandTold | None:
        """How it stands, as soon as there is something new, a second later at the latest."""
        reply = self._get(f"/v1/errands/{ticket}?wait={LONG_POLL_SECONDS}", beat)
        if reply.status == _LOST:
            return None
        told = read(self._checked(reply, what="an errand").body, ErrandTold)
        if told.id != ticket:
            raise Untrue("the worker told of another errand than it was asked for")
        return told

    def sound(self, ticket: str, number: int, take: TakeWritten, beat: Beat) -> bytes:
        """Piece by piece: what breaks off is not begun anew."""
        sound = bytearray()
        while len(sound) < take.bytes:
            wanted = min(PIECE_BYTES, take.bytes - len(sound))
            reply = self._get(f"/v1/errands/{ticket}/takes/{number}?from={len(sound)}&bytes={wanted}", beat, wanted, _PIECE_SECONDS)
            piece = self._checked(reply, what="a sound").body
            if len(piece) != wanted:
                raise Untrue(f"the worker sent {len(piece)} bytes of sound where it has told of {wanted}")
            sound += piece
        return bytes(sound)

    def call_off(self, ticket: str) -> None:
        """One attempt: a worker that does not hear it notices by itself that nobody asks any more."""
        with suppress(StudioError):
            self._ask("DELETE", f"/v1/errands/{ticket}", b"", _unmoved, attempts=1)

    def _get(self, target: str, beat: Beat, largest_bytes: int = LARGEST_JSON_BYTES, seconds: float = _ANSWER_SECONDS) -> Reply:
        return self._ask("GET", target, b"", beat, largest_bytes, seconds)

    def _ask(
        self,
        method: str,
        target: str,
        body: bytes,
        beat: Beat,
        largest_bytes: int = LARGEST_JSON_BYTES,
        seconds: float = _ANSWER_SECONDS,
        attempts: int | None = None,
    ) -> Reply:
        return self._calls.answered(
            self._writing(method, target, body), beat, seconds, max(largest_bytes, LARGEST_JSON_BYTES), self._is_its, attempts
        )

    def _writing(self, method: str, target: str, body: bytes) -> Callable[[], Request]:
        def write() -> Request:
            headers = {"Content-Type": "application/json"} if body else {}
            if self._key is not None:
                headers |= self._key.headers(method, f"{self._prefix}{target}", body, self._calls.clock.wall())
            return Request(method, f"{self._address}{target}", headers, body)

        return write

    def _is_its(self, request: Request, reply: Reply) -> bool:
        """Whether the answer is the worker's own, to this request. It cannot sign a refusal of our signature."""
        if self._key is None or reply.status in (401, 403):
            return True
        return same(reply.signature, self._key.of_answer(reply.status, request.headers[NONCE], reply.body))

    @staticmethod
    def _checked(reply: Reply, what: str) -> Reply:
        if reply.status in (401, 403):
            raise BackendAway(f"the worker does not take our key: {said(reply.body)}")
        if not 200 <= reply.status < 300:
            raise BackendAway(f"the worker answered {reply.status} when asked for {what}: {said(reply.body)}")
        return reply


def _unmoved() -> None:
    """A Beat of somebody who does not wait for anything."""
