"""An operation's own limit, for each account or address."""

from dataclasses import dataclass, field

from control.api.call import Call
from control.api.limit import Limit
from control.api.limiting import limited
from control.api.operation import operation, operations
from control.permissions import PUBLIC
from tests.control.api.shelf import Secret, house


class Bell:
    @operation("POST", "/api/v1/bell", permission=PUBLIC, summary="Ring", tag="bell", limit=Limit(2, 60))
    async def ring(self, call: Call) -> None: ...

    @operation("GET", "/api/v1/bell", permission=PUBLIC, summary="Look", tag="bell")
    async def look(self, call: Call) -> Secret:
        return Secret(word=call.client)


@dataclass
class Buckets:
    """Never refilled; remembers what it was asked for."""

    taken: dict[str, int] = field(default_factory=dict)

    async def tokens(self, key: str, rate_per_second: float, burst: int, cost: int = 1) -> float:
        self.taken[key] = self.taken.get(key, 0) + cost
        return 0.0 if self.taken[key] <= burst else cost / rate_per_second


async def test_more_than_the_limit_is_refused_with_the_time_to_wait() -> None:
    buckets = Buckets()
    async with house(limited(operations(Bell()), buckets)) as client:
        for _ in range(2):
            async with client.post("/api/v1/bell") as answer:
                assert answer.status == 204
        async with client.post("/api/v1/bell") as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
            assert (await answer.json(content_type=None))["detail"] == "At most 2 in 60 seconds."


async def test_accounts_are_counted_apart_and_nobody_by_his_address() -> None:
    buckets = Buckets()
    async with house(limited(operations(Bell()), buckets)) as client:
        for name in ("dj", "viewer", "nobody"):
            async with client.post("/api/v1/bell", headers={"Authorization": f"Bearer {name}"}) as answer:
                assert answer.status == 204
    assert len(buckets.taken) == 3
    assert "limit:bell_ring:client:127.0.0.1" in buckets.taken


async def test_an_operation_without_a_limit_is_not_counted() -> None:
    buckets = Buckets()
    async with house(limited(operations(Bell()), buckets)) as client, client.get("/api/v1/bell") as answer:
        assert (await answer.json())["word"] == "127.0.0.1"
    assert not buckets.taken
