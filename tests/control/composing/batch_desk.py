"""The part of a provider that takes batches, in both dialects, over real HTTP. How it misbehaves is said by the path:

`good` answers all, the last first; `slow` works until it is told that it is done; `half` answers every other one and has errors for the
rest; `cut` breaks off in the middle of its results; `failed` does nothing; `greedy` wants another address to be asked for the results;
`full` takes no batch at all.
"""

from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import BodyPartReader
from aiohttp.web import Request, Response, RouteDef, get, post

FORMS = (
    {"genre": "house", "moods": ["warm"], "bpm": 123, "tonic": "F#", "mode": "dorian", "theme": "a terrace at noon"},
    {"genre": "techno", "moods": ["dark"], "bpm": 132, "tonic": "D", "mode": "phrygian", "theme": "a tunnel at high speed"},
)


@dataclass
class BatchDesk:
    """What it was handed."""

    files: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    batches: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Method and path of every call."""
    done: bool = False
    """Whether `slow` is."""

    def routes(self) -> list[RouteDef]:
        return [
            post("/{manner}/files", self.file),
            post("/{manner}/batches", self.batch),
            get("/{manner}/batches/{batch}", self.standing),
            get("/{manner}/files/{batch}/content", self.results),
            post("/{manner}/messages/batches", self.messages),
            get("/{manner}/messages/batches/{batch}", self.messages_standing),
            get("/{manner}/messages/batches/{batch}/results", self.message_results),
        ]

    async def file(self, request: Request) -> Response:
        self._note(request)
        fields: dict[str, bytes] = {}
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            assert part.name
            fields[part.name] = bytes(await part.read())
        assert fields["purpose"] == b"batch"
        name = f"file-{len(self.files)}"
        self.files[name] = [msgspec.json.decode(line) for line in fields["file"].splitlines()]
        return _json({"id": name, "purpose": "batch"})

    async def batch(self, request: Request) -> Response:
        self._note(request)
        if request.match_info["manner"] == "full":
            return Response(status=429, text="too many batches")
        wish = await request.json()
        assert (wish["endpoint"], wish["completion_window"]) == ("/v1/chat/completions", "24h")
        name = f"batch_{len(self.batches)}"
        self.batches[name] = self.files[wish["input_file_id"]]
        return _json({"id": name, "status": "validating"})

    async def standing(self, request: Request) -> Response:
        self._note(request)
        manner, batch = request.match_info["manner"], request.match_info["batch"]
        if manner == "failed":
            return _json({"id": batch, "status": "failed", "output_file_id": None, "errors": {"data": [{"message": "no"}]}})
        if manner == "slow" and not self.done:
            return _json({"id": batch, "status": "in_progress", "output_file_id": None})
        return _json({"id": batch, "status": "completed", "output_file_id": batch})

    async def results(self, request: Request) -> Response:
        self._note(request)
        manner, lines = request.match_info["manner"], self.batches[request.match_info["batch"]]
        told = []
        for number, line in reversed(list(enumerate(lines))):
            answered = manner != "half" or number % 2 == 0
            body = _completion(number) if answered else {"error": {"message": "overloaded"}}
            told.append(
                {"custom_id": line["custom_id"], "response": {"status_code": 200 if answered else 500, "body": body}, "error": None}
            )
        return _lines(manner, told)

    async def messages(self, request: Request) -> Response:
        self._note(request)
        if request.match_info["manner"] == "full":
            return Response(status=529, text="overloaded")
        name = f"msgbatch_{len(self.batches)}"
        self.batches[name] = (await request.json())["requests"]
        return _json({"id": name, "processing_status": "in_progress", "results_url": None})

    async def messages_standing(self, request: Request) -> Response:
        self._note(request)
        manner, batch = request.match_info["manner"], request.match_info["batch"]
        working = manner == "slow" and not self.done
        url = "http://169.254.169.254/results" if manner == "greedy" else f"/{manner}/messages/batches/{batch}/results"
        return _json({"id": batch, "processing_status": "in_progress" if working else "ended", "results_url": url})

    async def message_results(self, request: Request) -> Response:
        self._note(request)
        manner, lines = request.match_info["manner"], self.batches[request.match_info["batch"]]
        told = []
        for number, line in reversed(list(enumerate(lines))):
            content = [{"type": "tool_use", "name": "answer", "input": FORMS[number % 2]}]
            whole = {"type": "succeeded", "message": {"content": content, "usage": {"input_tokens": 100, "output_tokens": 20}}}
            answered = manner != "failed" and (manner != "half" or number % 2 == 0)
            told.append({"custom_id": line["custom_id"], "result": whole if answered else {"type": "errored", "error": {"type": "no"}}})
        return _lines(manner, told)

    def _note(self, request: Request) -> None:
        self.asked.append(f"{request.method} {request.path}")


def _completion(number: int) -> dict[str, Any]:
    words = msgspec.json.encode(FORMS[number % 2]).decode()
    return {"choices": [{"message": {"content": words}}], "usage": {"prompt_tokens": 100, "completion_tokens": 20}}


def _lines(manner: str, told: list[dict[str, Any]]) -> Response:
    body = b"\n".join(msgspec.json.encode(one) for one in told)
    return Response(body=body[: len(body) // 2] if manner == "cut" else body, content_type="application/x-jsonlines")


def _json(told: dict[str, Any]) -> Response:
    return Response(body=msgspec.json.encode(told), content_type="application/json")
