"""Vault, over a real connection: a small server that speaks KV version 2 as Vault's API documentation has it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from aiohttp.web import Application, Request, Response, json_response

from control.identity.secrets import Secrets, UnfitSecret, make_secret
from control.identity.vault import TRIES, VaultEntry, read_vault

pytestmark = pytest.mark.real
TOKEN = "hvs.CAESIJ"


@dataclass
class Vault:
    """One engine mounted at `secret`, with one entry; sealed for the first so many requests."""

    fields: dict[str, str]
    sealed_for: int = 0
    mangled: bool = False
    asked: list[str] = field(default_factory=list)

    async def read(self, request: Request) -> Response:
        self.asked.append(request.path)
        if len(self.asked) <= self.sealed_for:
            return json_response({"errors": ["Vault is sealed"]}, status=503)
        if request.headers.get("X-Vault-Token") != TOKEN:
            return json_response({"errors": ["permission denied"]}, status=403)
        if request.match_info["path"] != "sonicforge":
            return json_response({"errors": []}, status=404)
        if self.mangled:
            return json_response({"data": self.fields})
        metadata = {"created_time": "2026-01-01T00:00:00Z", "deletion_time": "", "destroyed": False, "version": 3}
        return json_response({"request_id": "1", "lease_id": "", "data": {"data": self.fields, "metadata": metadata}})


@asynccontextmanager
async def open_vault(vault: Vault) -> AsyncIterator[str]:
    application = Application()
    application.router.add_get("/v1/secret/data/{path:.+}", vault.read)
    async with TestServer(application) as server:
        yield str(server.make_url("/"))


async def at_once(_: float) -> None:
    return


async def test_reads_the_secrets_and_only_those(tmp_path: Path) -> None:
    jwt, pepper = make_secret(), make_secret()
    vault = Vault({"jwt": jwt, "pepper": pepper, "smtp_password": "x"})
    async with open_vault(vault) as url:
        given = await read_vault(VaultEntry(url, TOKEN, "secret/sonicforge"))
    assert given == {"jwt": jwt, "pepper": pepper}
    assert vault.asked == ["/v1/secret/data/sonicforge"]
    secrets = Secrets(tmp_path, given)
    assert secrets.get("jwt") == jwt.encode()
    assert (tmp_path / "cursor.key").exists(), "what Vault does not have is made here"


async def test_others_may_be_asked_for_by_their_names() -> None:
    vault = Vault({"jwt": make_secret(), "llm_groq": "gsk", "llm_openai": "sk"})
    async with open_vault(vault) as url:
        assert await read_vault(VaultEntry(url, TOKEN, "secret/sonicforge"), names=["llm_groq", "llm_gemini"]) == {"llm_groq": "gsk"}


async def test_the_token_may_stand_in_a_file(tmp_path: Path) -> None:
    jwt = make_secret()
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    async with open_vault(Vault({"jwt": jwt})) as url:
        assert await read_vault(VaultEntry(url, f"file:{tmp_path / 'token'}", "secret/sonicforge"), at_once) == {"jwt": jwt}
        with pytest.raises(UnfitSecret, match=r"secrets\.vault_token"):
            await read_vault(VaultEntry(url, f"file:{tmp_path / 'absent'}", "secret/sonicforge"), at_once)


async def test_waits_for_a_sealed_vault() -> None:
    jwt = make_secret()
    async with open_vault(Vault({"jwt": jwt}, sealed_for=TRIES - 1)) as url:
        assert await read_vault(VaultEntry(url, TOKEN, "secret/sonicforge"), at_once) == {"jwt": jwt}


async def test_gives_up_on_one_that_stays_sealed_or_away() -> None:
    vault = Vault({}, sealed_for=100)
    async with open_vault(vault) as url:
        with pytest.raises(UnfitSecret, match="503"):
            await read_vault(VaultEntry(url, TOKEN, "secret/sonicforge"), at_once)
    assert len(vault.asked) == TRIES
    with pytest.raises(UnfitSecret, match="does not answer"):
        await read_vault(VaultEntry(url, TOKEN, "secret/sonicforge"), at_once)


@pytest.mark.parametrize(("token", "path", "words"), [("wrong", "secret/sonicforge", "403"), (TOKEN, "secret/elsewhere", "404")])
async def test_a_refusal_is_said_at_once_without_the_token(token: str, path: str, words: str) -> None:
    vault = Vault({"jwt": make_secret()})
    async with open_vault(vault) as url:
        with pytest.raises(UnfitSecret, match=words) as refused:
            await read_vault(VaultEntry(url, token, path), at_once)
    assert token not in str(refused.value)
    assert len(vault.asked) == 1


async def test_an_answer_of_another_engine_is_refused() -> None:
    async with open_vault(Vault({"jwt": make_secret()}, mangled=True)) as url:
        with pytest.raises(UnfitSecret, match="KV version 2"):
            await read_vault(VaultEntry(url, TOKEN, "secret/sonicforge"), at_once)


async def test_a_sample_value_in_vault_is_refused_as_well(tmp_path: Path) -> None:
    async with open_vault(Vault({"jwt": "changeme"})) as url:
        given = await read_vault(VaultEntry(url, TOKEN, "secret/sonicforge"), at_once)
    with pytest.raises(UnfitSecret, match="sample value"):
        Secrets(tmp_path, given)
