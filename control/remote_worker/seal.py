"""The guard of a worker's addresses: lets in what is signed with the key, and signs what goes out.

Everything about a request is looked at before its nonce is remembered. A refusal says what is wrong with the clock, since that is what
goes wrong between two machines, and nothing about the key.
"""

import re
from collections.abc import Callable
from typing import Final

from aiohttp.web import Request, Response, StreamResponse, json_response

from control.remote_worker.replays import Replays
from generation.remote.caller import Clock
from generation.remote.signing import NONCE, SIGNATURE, TIME, WINDOW_SECONDS, SigningKey, same
from server.route import PUBLIC, Endpoint

SIGNED: Final = "worker:errands:ask"
"""The permission of everything that has to be signed."""
_NONCE: Final = re.compile(r"[0-9a-f]{32}")


class Seal:
    """A Guard (server/route.py)."""

    def __init__(self, key: SigningKey | None, clock: Clock, refused: Callable[[str], None]) -> None:
        """Without a key everybody is let in: only for a worker that no other machine reaches. `refused(kind)` hears of each refusal."""
        self._key = key
        self._clock = clock
        self._refused = refused
        self._replays = Replays()

    def guard(self, permission: str, endpoint: Endpoint) -> Endpoint:
        """The endpoint behind the seal."""
        key = self._key
        if permission == PUBLIC or key is None:
            return endpoint

        async def sealed(request: Request) -> StreamResponse:
            body = await request.read()
            kind, reason = self._fault(request, body, key)
            if kind:
                self._refused(kind)
                return json_response({"error": reason}, status=401)
            response = await endpoint(request)
            assert isinstance(response, Response), "only a whole answer can be signed"
            sent = response.body if isinstance(response.body, bytes) else b""
            response.headers[SIGNATURE] = key.of_answer(response.status, request.headers[NONCE], sent)
            return response

        return sealed

    def _fault(self, request: Request, body: bytes, key: SigningKey) -> tuple[str, str]:
        """What is wrong with it, in a word and in a sentence; both empty if nothing is."""
        told, nonce, signature = (request.headers.get(name, "") for name in (TIME, NONCE, SIGNATURE))
        if not (told and nonce and signature):
            return "unsigned", f"the request is not signed: it needs {TIME}, {NONCE} and {SIGNATURE}"
        if not told.isascii() or not told.isdecimal() or len(told) > 12 or not _NONCE.fullmatch(nonce):
            return "malformed", f"{TIME} is UNIX time in whole seconds, {NONCE} has 32 hexadecimal digits"
        if not same(signature, key.of_request(request.method, request.raw_path, told, nonce, body)):
            return "signature", "the signature is not of this request under our key"
        late = self._clock.wall() - int(told)
        if abs(late) > WINDOW_SECONDS:
            return "time", f"the request is {late:.0f} s old by this machine's clock; {WINDOW_SECONDS} s are allowed: set both clocks"
        if not self._replays.first(nonce, self._clock.monotonic()):
            return "replay", "this request has been here before"
        return "", ""
