"""Distant workers as the configuration names them."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generation.errors import BackendAway, GenerationFailed
from generation.licence import Licence
from sonicforge.config import Settings
from sonicforge.wiring.remote_backend import open_remote
from tests.control.remote_worker.hired import hired
from tests.control.remote_worker.makers import Maker
from tests.generation.remote.far_worker import BRIEF, KEY, take_of

pytestmark = pytest.mark.real


def settings(monetised: bool = False, **remote: Any) -> Settings:
    told = {"key": KEY, "own_network": True, **remote}
    return Settings(studio={"remote": told}, stations={"main": {}, "shop": {"monetised": monetised}})  # type: ignore[arg-type]


async def test_a_take_by_the_configuration(tmp_path: Path) -> None:
    """FLAC by the sandbox, over the house's own client, from a worker on this machine."""
    async with hired(tmp_path, Maker()) as one:
        remote = open_remote(settings(urls=[one.address]))
        take = await asyncio.to_thread(remote.make, BRIEF)
        await asyncio.to_thread(remote.close)
    assert take.samples.shape == (2, 48_000 * 30)
    assert take.title == "Far Tone"


async def test_what_one_station_may_not_air_none_gets(tmp_path: Path) -> None:
    class NonCommercial(Maker):
        def make_all(self, briefs: Any, progress: Any) -> Any:  # noqa: ARG002
            return [replace(take_of(brief), licence=Licence("CC-BY-NC-4.0", commercial_ok=False)) for brief in briefs]

    async with hired(tmp_path, NonCommercial()) as one:
        free, shop = open_remote(settings(urls=[one.address])), open_remote(settings(True, urls=[one.address]))
        assert (await asyncio.to_thread(free.make, BRIEF)).licence.name == "CC-BY-NC-4.0"
        with pytest.raises(GenerationFailed, match="may not be aired"):
            await asyncio.to_thread(shop.make, BRIEF)
        for remote in (free, shop):
            await asyncio.to_thread(remote.close)


async def test_a_private_address_is_called_only_where_the_operator_says_so(tmp_path: Path) -> None:
    async with hired(tmp_path, Maker()) as one:
        remote = open_remote(settings(urls=[one.address], own_network=False))
        with pytest.raises(BackendAway, match="scheme is not https"):
            await asyncio.to_thread(remote.make, BRIEF)
        await asyncio.to_thread(remote.close)
        assert one.workshop.takes == 0


@pytest.mark.parametrize(
    ("remote", "words"),
    [
        ({"urls": []}, "no worker"),
        ({"urls": ["https://gpu.example"], "key": "hunter2"}, "32 characters"),
        ({"urls": ["https://gpu.example"], "key": "", "dialect": "runpod"}, "want a key"),
        ({"urls": ["https://me:pw@gpu.example"]}, "without user"),
    ],
)
def test_what_cannot_be_is_said_before_anybody_is_called(remote: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words) as raised:
        open_remote(settings(**remote))
    assert "hunter2" not in str(raised.value)
