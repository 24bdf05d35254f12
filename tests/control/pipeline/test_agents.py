"""Standings told by workers and read by fronts, over a real PostgreSQL."""

import pytest

from control.pipeline.agents import LONGEST_WORDS, Agent, AgentStanding, agents_of, tell_agents
from tests.control.postgres import fresh_database

pytestmark = pytest.mark.real


async def test_the_latest_word_of_each_is_kept() -> None:
    figures = {"heard_total": 4, "approved_total": 3}
    critic = AgentStanding("critic", "main", "working", "hearing", "refused: noise", 1_800.5, 0, 2, "no memory", figures)
    async with fresh_database() as database:
        await tell_agents(database, [])
        assert await agents_of(database, "main") == {}
        await tell_agents(database, [AgentStanding("critic", "main", "idle"), AgentStanding("producer", "night", "away")])
        await tell_agents(database, [critic])
        [(agent, (standing, told_at))] = (await agents_of(database, "main")).items()
        assert (agent, standing) == (Agent.CRITIC, critic)
        assert told_at.tzinfo is not None
        assert list(await agents_of(database, "night")) == [Agent.PRODUCER]


async def test_words_are_cut_and_strangers_refused() -> None:
    async with fresh_database() as database:
        await tell_agents(database, [AgentStanding("composer", "main", "working", "x" * 5_000, last_error="a\0b")])
        standing, _ = (await agents_of(database, "main"))[Agent.COMPOSER]
        assert (len(standing.doing), standing.last_error) == (LONGEST_WORDS, "ab")
        with pytest.raises(ValueError, match="janitor"):
            await tell_agents(database, [AgentStanding("janitor", "main", "idle")])
