"""An operation that counts its effects, and may be made to refuse, to fail or to wait."""

import asyncio
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from control.api.call import Answer, Call
from control.api.operation import operation
from control.errors import Conflict, Unavailable
from control.permissions import Permission


class Order(BaseModel):
    """What to count."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"by": 1}]})

    by: int = 1


class Count(BaseModel):
    """How many it are."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [{"count": 1}]})

    count: int


@dataclass
class Counter:
    """Counts for accounts."""

    count: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    fails: type[Exception] | None = None

    def __post_init__(self) -> None:
        self.go_on.set()

    @operation(
        "POST",
        "/api/v1/count",
        permission=Permission.OWN_ACCOUNT_WRITE,
        summary="Count",
        tag="count",
        status=201,
        raises=(Conflict, Unavailable),
        idempotent=True,
    )
    async def add(self, call: Call, *, body: Order) -> Answer[Count]:
        del call
        self.begun.set()
        await self.go_on.wait()
        if self.fails is not None:
            raise self.fails
        self.count += body.by
        return Answer(Count(count=self.count), headers={"Location": f"/api/v1/count/{self.count}"})
