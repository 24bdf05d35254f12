"""The ways out of cardboard: targets that do as they are told, listeners and recordings. It behaves as the real addresses do."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from aiohttp.web import Request, Response, StreamResponse, json_response

from control.errors import DatabaseAway, FieldError, Invalid, NotFound
from control.permissions import Permission
from server.route import Route

BASE: Final = "/api/v1/stations/{station}"
NOBODY: Final[dict[str, Any]] = {"total": 0, "unique": 0, "by_output": {}, "by_country": None, "sessions": []}
QUIET: Final[dict[str, Any]] = {"reason": "", "since": None, "next_try_at": None, "sent_bytes": 0, "dropped_gops": 0, "reconnects": 0}
"""What is said of a target before anything happens."""
RECORDING: Final = b"OggS not really"
CUE: Final = b'TITLE "Night Signal"\n'


@dataclass
class FakeOuts:
    """What stands behind the page of the outs."""

    targets: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    """Target -> its stream key, as it was last sent."""
    listeners: dict[str, Any] = field(
        default_factory=lambda: {"total": 0, "unique": 0, "by_output": {}, "by_country": None, "sessions": []}
    )
    recordings: list[dict[str, Any]] = field(default_factory=list)
    away: bool = False
    _numbers: Any = field(default_factory=lambda: count(1))

    def routes(self) -> list[Route]:
        read, manage = Permission.STATION_TARGETS_READ, Permission.STATION_TARGETS_MANAGE
        return [
            Route("GET", f"{BASE}/targets", read, self.list_targets),
            Route("POST", f"{BASE}/targets", manage, self.add),
            Route("PATCH", f"{BASE}/targets/{{id}}", manage, self.change),
            Route("DELETE", f"{BASE}/targets/{{id}}", manage, self.remove),
            Route("GET", f"{BASE}/listeners", Permission.STATION_LISTENERS_READ, self.list_listeners),
            Route("GET", f"{BASE}/aircheck", Permission.STATION_AIRCHECK_READ, self.list_recordings),
            Route("GET", f"{BASE}/aircheck/{{name}}", Permission.STATION_AIRCHECK_READ, self.file),
        ]

    async def list_targets(self, request: Request) -> StreamResponse:  # noqa: ARG002
        if self.away:
            raise DatabaseAway
        return json_response({"items": self.targets})

    async def add(self, request: Request) -> StreamResponse:
        sent = await request.json()
        _check(sent)
        key = sent.pop("key")
        state = "connecting" if sent["enabled"] else "off"
        told = {"id": f"t{next(self._numbers)}", "has_key": True, "state": state, "created_at": "2026-01-01T12:00:00Z"}
        target = {"address": "", **sent, **told, **QUIET}
        self.targets.append(target)
        self.keys[target["id"]] = key
        return json_response(target, status=201)

    async def change(self, request: Request) -> StreamResponse:
        target, sent = self._target(request), await request.json()
        _check(sent)
        if "address" in sent and "key" not in sent:
            raise Invalid(errors=[FieldError("body.key", "Give the stream key again: it would be sent to another address")])
        if "key" in sent:
            self.keys[target["id"]] = sent.pop("key")
        target.update(sent)
        target["state"] = "connecting" if target["enabled"] else "off"
        return json_response(target)

    async def remove(self, request: Request) -> StreamResponse:
        self.targets.remove(self._target(request))
        return Response(status=204)

    async def list_listeners(self, request: Request) -> StreamResponse:  # noqa: ARG002
        return json_response(self.listeners)

    async def list_recordings(self, request: Request) -> StreamResponse:  # noqa: ARG002
        return json_response({"items": self.recordings})

    async def file(self, request: Request) -> StreamResponse:
        name = request.match_info["name"]
        sheet = name.endswith(".cue")
        headers = {"Content-Disposition": f'attachment; filename="{name if sheet else f"{name}.opus"}"'}
        return Response(body=CUE if sheet else RECORDING, headers=headers)

    def _target(self, request: Request) -> dict[str, Any]:
        for target in self.targets:
            if target["id"] == request.match_info["id"]:
                return target
        raise NotFound("There is no such target.")


def _check(sent: dict[str, Any]) -> None:
    """Raises Invalid for an address that is none."""
    if sent.get("address", "") and not sent["address"].startswith(("rtmp://", "rtmps://")):
        raise Invalid(errors=[FieldError("body.address", "The address does not begin with rtmp:// or rtmps://")])
