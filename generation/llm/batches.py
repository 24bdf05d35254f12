"""Many questions handed in at once, to be answered within a day at a lower price: OpenAI's and Groq's files and batches, Anthropic's
message batches. Pure: requests to bytes, bytes to what they say. An order carries the house's own names; the provider's addresses are
never followed, and an identifier of its that is no plain word is refused.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from re import fullmatch
from typing import Any, Final

import msgspec

from generation.llm.dialects import Said, credentials, parameters, read
from generation.llm.errors import BadAnswer
from generation.llm.provider import Batching, Provider
from generation.llm.question import Question, T

MOST_REQUESTS: Final = 5_000
_IDENTIFIER: Final = r"[A-Za-z0-9_-]{1,128}"
_ENDPOINT: Final = "/v1/chat/completions"
_WINDOW: Final = "24h"
_OVER: Final = frozenset({"completed", "failed", "expired", "cancelled"})
"""Of OpenAI's eight states; the others go on."""


class Stage(StrEnum):
    """How far a batch is."""

    WORKING = "working"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Progress:
    """What the provider says of a batch."""

    stage: Stage
    answers: tuple[str, ...] = ()
    """Addresses, below the provider's own, of what came of it; none if nothing did."""


@dataclass(frozen=True, slots=True)
class Request:
    """A call to be made: the address below the provider's url."""

    path: str
    headers: Mapping[str, str]
    body: bytes


def upload(provider: Provider, questions: Mapping[str, Question[T]]) -> Request:
    """OpenAI's first step: the file. A form of two fields (RFC 7578); its boundary is random, so that no text can hold it."""
    lines = b"\n".join(
        msgspec.json.encode({"custom_id": name, "method": "POST", "url": _ENDPOINT, "body": parameters(provider, question)})
        for name, question in questions.items()
    )
    edge = secrets.token_hex(16)
    body = (
        f'--{edge}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="questions.jsonl"\r\n'
        "Content-Type: application/jsonl\r\n\r\n"
    ).encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={edge}", **credentials(provider)}
    return Request("/files", headers, body + lines + f"\r\n--{edge}--\r\n".encode())


def order(provider: Provider, questions: Mapping[str, Question[T]], file: str = "") -> Request:
    """The batch itself: of an uploaded `file` (OpenAI's), or of the questions (Anthropic's)."""
    headers = {"Content-Type": "application/json", **credentials(provider)}
    if provider.batching is Batching.ANTHROPIC:
        requests = [{"custom_id": name, "params": parameters(provider, question)} for name, question in questions.items()]
        return Request("/messages/batches", headers, msgspec.json.encode({"requests": requests}))
    wish = {"input_file_id": file, "endpoint": _ENDPOINT, "completion_window": _WINDOW}
    return Request("/batches", headers, msgspec.json.encode(wish))


def standing_path(provider: Provider, batch: str) -> str:
    """Where to ask how far it is."""
    return f"/messages/batches/{batch}" if provider.batching is Batching.ANTHROPIC else f"/batches/{batch}"


def identifier(body: bytes) -> str:
    """Of what was made. Raises BadAnswer if it has none that may stand in an address."""
    try:
        found = msgspec.json.decode(body, type=_Made).id
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise BadAnswer("what was made has no id") from None
    return _plain(found)


def progress(provider: Provider, batch: str, body: bytes) -> Progress:
    """How far it is. Raises BadAnswer."""
    try:
        told = msgspec.json.decode(body, type=_Told)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise BadAnswer("the batch's state cannot be read") from None
    if provider.batching is Batching.ANTHROPIC:
        over = told.processing_status == "ended"
        return Progress(Stage.OVER, (f"/messages/batches/{batch}/results",)) if over else Progress(Stage.WORKING)
    if told.status not in _OVER:
        return Progress(Stage.WORKING)
    files = tuple(f"/files/{_plain(one)}/content" for one in (told.output_file_id,) if one)
    return Progress(Stage.OVER, files)


def answers(provider: Provider, body: bytes) -> dict[str, Said]:
    """Name -> what was said, of those that were answered. Lines that cannot be read are left out: theirs are not answered."""
    found: dict[str, Said] = {}
    for line in body.splitlines():
        try:
            told = msgspec.json.decode(line, type=_Line)
            one = _message(provider, told)
            if one and told.custom_id not in found:
                found[told.custom_id] = read(provider, one)
        except (msgspec.DecodeError, ValueError, RecursionError, BadAnswer):
            continue
    return found


class _Made(msgspec.Struct):
    id: str


class _Told(msgspec.Struct):
    status: str = ""
    processing_status: str = ""
    output_file_id: str | None = None


class _Response(msgspec.Struct):
    status_code: int = 0
    body: msgspec.Raw = msgspec.Raw()


class _Result(msgspec.Struct):
    type: str = ""
    message: msgspec.Raw = msgspec.Raw()


class _Line(msgspec.Struct):
    custom_id: str
    response: _Response | None = None
    result: _Result | None = None


def _message(provider: Provider, line: _Line) -> bytes:
    """The body of one answer, as if it had been asked for alone; empty if there is none."""
    if provider.batching is Batching.ANTHROPIC:
        return bytes(line.result.message) if line.result and line.result.type == "succeeded" else b""
    return bytes(line.response.body) if line.response and line.response.status_code == 200 else b""


def _plain(told: Any) -> str:
    if not isinstance(told, str) or not fullmatch(_IDENTIFIER, told):
        raise BadAnswer("an identifier is no plain word")
    return told
