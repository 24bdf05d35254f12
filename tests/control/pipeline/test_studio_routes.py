"""How a studio stands and what it made, over a real PostgreSQL."""

from datetime import UTC, datetime

import pytest

from control.library import repository
from control.pipeline.agents import AgentStanding, tell_agents
from server.catalogue.catalogue import SCORES
from server.track import Source
from tests.control.library.shelf import track_of
from tests.control.pipeline.house import WALL, House, house

pytestmark = pytest.mark.real
STUDIO, AGENTS, TAKES = "/api/v1/pipeline/studio", "/api/v1/pipeline/agents", "/api/v1/pipeline/takes"
TAGS = {
    "backend": "musicgen",
    "licence": "CC-BY-4.0",
    "commercial_ok": "yes",
    "attribution": "Weights by Somebody",
    "bpm": "124",
    "key": "A minor",
    "score": "81.5",
    SCORES: "score=81.5 balance=0.92 pulse=nan",
}


async def stock(one: House) -> None:
    """Three takes of `main`, the first of which has aired; one of `night`; one file of the library."""
    takes = [
        track_of(name, source=Source.STUDIO, station=station, made_at=WALL + number, provenance=TAGS)
        for number, (name, station) in enumerate([("First", "main"), ("Second", "main"), ("Third", "main"), ("Other", "night")])
    ]
    await repository.follow(one.database, [*takes, track_of("A file")])
    await one.database.execute(
        """INSERT INTO play_history (station, entry_id, track_id, title, artist, reason, started_at, ended_at, started_position)
        VALUES ('main', 'e-1', $1, 'First', 'Vera Holm', 'studio', $2, $2, 0)""",
        *(takes[0].id, datetime.fromtimestamp(WALL + 60, UTC)),
    )


async def test_a_studio_that_nobody_has_heard_of() -> None:
    async with house() as one:
        status, told = await one.ask("GET", STUDIO, "dj")
        assert status == 200
        assert [(agent["agent"], agent["state"], agent["told_at"]) for agent in told["agents"][:3]] == [
            ("composer", "away", None),
            ("producer", "away", None),
            ("critic", "away", None),
        ]
        assert (told["agents"][3]["agent"], told["agents"][3]["state"]) == ("dj", "working")
        assert (told["waiting_takes"], told["buffer_minutes"], told["approval_rate"], told["spent_dollars"]) == (0, 0.0, None, 0.0)
        assert (await one.ask("GET", TAKES, "dj"))[1] == {"items": [], "next_cursor": None}


async def test_how_long_the_takes_last_how_many_were_accepted_and_what_it_cost() -> None:
    async with house() as one:
        await stock(one)
        await tell_agents(
            one.database,
            [
                AgentStanding("producer", "main", "working", "making it", "House after trance", WALL - 5, cost_microdollars=250_000),
                AgentStanding("critic", "main", "idle", figures={"heard_total": 40, "approved_total": 38}),
                AgentStanding("composer", "main", "idle", cost_microdollars=999_999),
            ],
        )
        await one.database.execute("UPDATE agent_standings SET told_at = to_timestamp($1)", WALL - 3)
        day = datetime.fromtimestamp(WALL, UTC).date()
        await one.database.execute("INSERT INTO llm_days (day, microdollars) VALUES ($1, 50000)", day)
        told = (await one.ask("GET", STUDIO, "moderator"))[1]
        assert (told["waiting_takes"], told["buffer_minutes"], told["approval_rate"]) == (2, 6.0, 0.95)
        assert (told["spent_dollars"], told["day"]) == (0.3, day.isoformat()), "the composer's share is counted once"
        producer = told["agents"][1]
        assert (producer["state"], producer["doing"], producer["last_decision"]) == ("working", "making it", "House after trance")
        assert producer["decided_at"] == datetime.fromtimestamp(WALL - 5, UTC).isoformat().replace("+00:00", "Z")
        assert (await one.ask("GET", f"{STUDIO}?station=night", "dj"))[1]["waiting_takes"] == 1
        assert (await one.ask("GET", AGENTS, "dj"))[1]["items"] == told["agents"]


async def test_an_agent_that_fell_silent_is_away_and_its_last_word_stays() -> None:
    async with house() as one:
        await tell_agents(one.database, [AgentStanding("critic", "main", "working", "hearing", "accepted One", WALL - 900, errors_total=1)])
        await one.database.execute("UPDATE agent_standings SET told_at = to_timestamp($1)", WALL - 121)
        critic = (await one.ask("GET", AGENTS, "dj"))[1]["items"][2]
        assert (critic["state"], critic["doing"], critic["last_decision"], critic["errors_total"]) == ("away", "", "accepted One", 1)


async def test_takes_are_told_with_scores_and_licence_page_by_page() -> None:
    async with house() as one:
        await stock(one)
        page = (await one.ask("GET", f"{TAKES}?limit=2", "dj"))[1]
        assert [take["title"] for take in page["items"]] == ["Third", "Second"]
        take = page["items"][0]
        assert take["scores"] == {"score": 81.5, "balance": 0.92}, "what is no number is not told"
        assert (take["licence"], take["commercial_ok"], take["attribution"]) == ("CC-BY-4.0", True, "Weights by Somebody")
        assert (take["backend"], take["bpm"], take["key"], take["seconds"], take["aired_at"]) == ("musicgen", 124.0, "A minor", 180.0, None)
        last = (await one.ask("GET", f"{TAKES}?limit=2&cursor={page['next_cursor']}", "dj"))[1]
        assert [take["title"] for take in last["items"]] == ["First"]
        assert last["next_cursor"] is None
        assert last["items"][0]["aired_at"] is not None


async def test_who_may_look() -> None:
    async with house() as one:
        for address in (STUDIO, AGENTS, TAKES):
            asked = {who: (await one.ask("GET", address, who))[0] for who in ("user", "viewer", "dj", "admin")}
            assert asked == {"user": 403, "viewer": 403, "dj": 200, "admin": 200}
            assert (await one.ask("GET", f"{address}?station=nowhere", "dj"))[0] == 404
