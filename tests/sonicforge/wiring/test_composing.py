"""The composer as the worker opens it: from the configuration to a commission, with a model on this machine."""

import pytest
from structlog.testing import capture_logs

from generation.composer.composer import RULES
from generation.errors import InvalidBrief
from sonicforge.config import Settings
from sonicforge.wiring.composing import open_composing, profile_of
from tests.control.composing.llm_server import llm_server
from tests.control.identity.test_vault import TOKEN, Vault, open_vault
from tests.control.postgres import fresh_database

pytestmark = pytest.mark.real


def settings(**tables: object) -> Settings:
    return Settings.model_validate(tables)


def test_a_profile_is_what_the_operator_states() -> None:
    told = settings(
        stations={
            "night": {
                "studio_genres": ["house", "techno"],
                "composer": {"shares": {"house": 3.0}, "moods": ["deep", "warm"], "follows_the_clock": False},
            }
        },
        studio={"min_seconds": 100.0, "max_seconds": 120.0},
    )
    profile = profile_of("night", told)
    assert profile.genres == (("house", 3.0), ("techno", 1.0))
    assert (profile.moods, profile.seconds, profile.follows_the_clock) == ("deep warm", (100.0, 120.0), False)
    assert profile.seed != profile_of("main", settings()).seed


async def test_a_model_on_this_machine_is_asked_and_paid_from_the_budget() -> None:
    async with llm_server() as server, fresh_database() as database:
        provider = {"url": f"http://127.0.0.1:{server.port}/good", "model": "m", "dollars_per_million_in": 1.0, "own_network": True}
        told = settings(llm={"providers": ["other"], "provider": {"other": {**provider, "dollars_per_million_out": 1.0}}})
        composing = await open_composing(told, database)
        try:
            commission = await composing.compose("main", 0)
            assert (commission.composed_by, commission.brief.genre, commission.microdollars > 0) == ("other m", "house", True)
            await composing.step()
            left = next(one.value for one in composing.figures() if one.name == "sonicforge_llm_budget_left_dollars")
            assert left < 1.0
        finally:
            await composing.close()


async def test_a_key_may_stand_in_vault() -> None:
    vault = Vault({"jwt": "not asked for", "llm_other": "canary-4711"})
    async with llm_server() as server, open_vault(vault) as url, fresh_database() as database:
        provider = {"url": f"http://127.0.0.1:{server.port}/good", "model": "m", "own_network": True}
        prices = {"dollars_per_million_in": 0.0, "dollars_per_million_out": 0.0}
        told = settings(
            llm={"providers": ["other"], "provider": {"other": {**provider, **prices}}},
            secrets={"vault_url": url.rstrip("/"), "vault_token": TOKEN},
        )
        with capture_logs() as logs:
            composing = await open_composing(told, database)
            try:
                await composing.compose("main", 0)
            finally:
                await composing.close()
    assert server.asked[0][1]["authorization"] == "Bearer canary-4711"
    assert "canary" not in f"{logs}"


async def test_with_keys_that_are_nowhere_rules_compose() -> None:
    async with fresh_database() as database:
        told = settings(llm={"providers": ["groq", "openai"], "provider": {"openai": {"key": "file:/nonexistent"}}})
        composing = await open_composing(told, database)
        try:
            assert (await composing.compose("main", 0)).composed_by == RULES
            assert composing.models() is None
        finally:
            await composing.close()


def test_lengths_that_no_track_has_are_refused() -> None:
    told = settings(studio={"min_seconds": 200.0, "max_seconds": 100.0})
    with pytest.raises(InvalidBrief, match="cannot be made"):
        profile_of("main", told)
