"""The addresses of one's API keys. The text of a key is answered once, when it is made or rotated, and never again."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from control.api.call import Answer, Call
from control.api.operation import operation
from control.apikeys.service import ApiKeys
from control.apikeys.shapes import Key, KeyChange, KeyList, KeyRotation, KeyWish, MadeKey, key_of
from control.errors import Conflict, NotEntitled, NotFound
from control.permissions import Permission

TAG: Final = "api-keys"
UNKEPT: Final = {"Cache-Control": "no-store"}


class KeyPath(BaseModel):
    """Which key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID


class KeyAddresses:
    """/api/v1/api-keys."""

    def __init__(self, keys: ApiKeys) -> None:
        self._keys = keys

    @operation("GET", "/api/v1/api-keys", permission=Permission.OWN_KEYS_READ, summary="Your API keys", tag=TAG)
    async def list(self, call: Call) -> KeyList:
        """Those that can be used now, the newest first; there are at most 50."""
        return KeyList(items=[key_of(key) for key in await self._keys.usable(call.principal)])

    @operation(
        "POST",
        "/api/v1/api-keys",
        permission=Permission.OWN_KEYS_MANAGE,
        summary="Make an API key",
        tag=TAG,
        status=201,
        raises=(NotEntitled, Conflict),
    )
    async def make(self, call: Call, *, body: KeyWish) -> Answer[MadeKey]:
        """The answer shows the key this once. It may do what its scopes say, as far as your role still holds it when it is used."""
        key, secret = await self._keys.make(call.principal, body.wish(), call.client)
        location = {"Location": f"/api/v1/api-keys/{key.id}"}
        return Answer(MadeKey(key=secret.text, **key_of(key).model_dump()), headers={**UNKEPT, **location})

    @operation("GET", "/api/v1/api-keys/{id}", permission=Permission.OWN_KEYS_READ, summary="One API key", tag=TAG, raises=(NotFound,))
    async def read(self, call: Call, *, path: KeyPath) -> Key:
        """Without its secret, which is nowhere kept."""
        return key_of(await self._keys.one(call.principal, path.id))

    @operation(
        "PATCH",
        "/api/v1/api-keys/{id}",
        permission=Permission.OWN_KEYS_MANAGE,
        summary="Change an API key",
        tag=TAG,
        raises=(NotFound, Conflict),
    )
    async def change(self, call: Call, *, path: KeyPath, body: KeyChange) -> Key:
        """What is left out stays as it is; the change holds from the next request on."""
        return key_of(await self._keys.change(call.principal, path.id, body.applied, call.client))

    @operation(
        "DELETE",
        "/api/v1/api-keys/{id}",
        permission=Permission.OWN_KEYS_MANAGE,
        summary="Revoke an API key",
        tag=TAG,
        status=204,
        raises=(NotFound,),
    )
    async def revoke(self, call: Call, *, path: KeyPath) -> None:
        """At once and for ever."""
        await self._keys.revoke(call.principal, path.id, call.client)

    @operation(
        "POST",
        "/api/v1/api-keys/{id}/rotate",
        permission=Permission.OWN_KEYS_MANAGE,
        summary="Rotate an API key",
        tag=TAG,
        raises=(NotFound, Conflict),
    )
    async def rotate(self, call: Call, *, path: KeyPath, body: KeyRotation) -> Answer[MadeKey]:
        """The answer shows the new key this once; the former one opens until its grace is over, so programs change without a gap."""
        key, secret = await self._keys.rotate(call.principal, path.id, timedelta(seconds=body.grace_seconds), call.client)
        return Answer(MadeKey(key=secret.text, **key_of(key).model_dump()), headers=UNKEPT)
