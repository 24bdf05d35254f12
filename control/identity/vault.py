"""The station's secrets out of HashiCorp Vault, or whatever speaks its KV version 2.

One entry holds them all, a field each. It is read once, at the start; a Vault that does not answer then stops the start, for a station
that made its own secrets instead would end every session and every key.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout

from control.identity.secrets import NAMES, UnfitSecret, text_of

TRIES: Final = 5
PATIENCE_SECONDS: Final = 5.0
LARGEST_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class VaultEntry:
    """Where the secrets stand. `path` begins with the engine's mount: `secret/sonicforge`; the token may be `file:/run/secrets/vault`."""

    url: str
    token: str
    path: str
    namespace: str = ""

    @property
    def address(self) -> str:
        mount, _, rest = self.path.strip("/").partition("/")
        return f"{self.url.rstrip('/')}/v1/{mount}/data/{rest}"


async def read_vault(
    entry: VaultEntry, pause: Callable[[float], Awaitable[None]] = asyncio.sleep, names: Collection[str] = NAMES
) -> dict[str, str]:
    """Those of `names` that the entry has. Raises UnfitSecret when Vault refuses, or has not answered in five tries."""
    headers = {"X-Vault-Token": text_of("vault_token", entry.token).strip(), "X-Vault-Request": "true"}
    if entry.namespace:
        headers["X-Vault-Namespace"] = entry.namespace
    async with ClientSession(headers=headers, timeout=ClientTimeout(total=PATIENCE_SECONDS)) as session:
        for attempt in range(TRIES):
            if attempt:
                await pause(2.0 ** (attempt - 1))
            try:
                return await _read(session, entry, names)
            except (ClientError, TimeoutError, OSError) as error:
                fault = str(error) or type(error).__name__
    raise UnfitSecret(f"Vault at {entry.url} does not answer: {fault}")


async def _read(session: ClientSession, entry: VaultEntry, names: Collection[str]) -> dict[str, str]:
    async with session.get(entry.address, allow_redirects=False) as answer:
        if answer.status >= 500 or answer.status == 429:  # sealed, standby without forwarding, overloaded: it may come
            raise ClientError(f"it answers {answer.status}")
        if answer.status != 200:
            raise UnfitSecret(f"Vault refuses {entry.path}: it answers {answer.status}. Look at the token's policy and at the path.")
        body = await answer.content.read(LARGEST_BYTES)
    try:
        fields = json.loads(body)["data"]["data"]
        return {name: str(fields[name]) for name in names if fields.get(name)}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UnfitSecret(f"Vault's answer for {entry.path} is not that of a KV version 2 engine.") from None
