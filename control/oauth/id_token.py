"""The signed token by which an OpenID provider says who came (OpenID Connect Core, 3.1.3.7). All of it is checked.

PyJWT checks the signature alone: the claims are read into a strict type and judged here, with the time as an argument.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from jwt.api_jwk import PyJWK, PyJWKSet
from jwt.api_jws import PyJWS
from jwt.exceptions import InvalidTokenError, PyJWKError, PyJWKSetError

from control.oauth.failures import ProviderFailed

ALGORITHMS: Final = ("RS256", "ES256")
"""Public keys only, so that no key of theirs can be used as a secret of ours."""
LARGEST_BYTES: Final = 16_384
LEEWAY_SECONDS: Final = 60
OLDEST_SECONDS: Final = 900
"""A token answers a request of moments ago."""


class IdClaims(msgspec.Struct, frozen=True):
    """What the token says, as far as we ask."""

    iss: str
    sub: str
    aud: str | list[str]
    exp: int
    iat: int
    nonce: str
    azp: str | None = None
    email: str | None = None
    email_verified: bool | str = False
    name: str | None = None


class UnknownKey(ProviderFailed):
    """The id_token is signed with a key that the provider has not published yet"""

    code = "provider-key-unknown"


def read_keys(body: bytes) -> dict[str, PyJWK]:
    """The keys of a JWKS document that can sign, by id. Raises ProviderFailed."""
    try:
        keys = PyJWKSet.from_dict(msgspec.json.decode(body, type=dict[str, Any])).keys
    except (msgspec.DecodeError, PyJWKError, PyJWKSetError, InvalidTokenError, ValueError, TypeError) as error:
        raise ProviderFailed(f"its keys cannot be read: {error}") from error
    return {key.key_id: key for key in keys if key.key_id and key.public_key_use in {None, "sig"}}


def read_id_token(token: str, keys: dict[str, PyJWK], issuer: str, client_id: str, nonce: str, now: float) -> IdClaims:
    """What the token says of who came. Raises UnknownKey if no key has its id, ProviderFailed for everything else that is wrong."""
    claims = _signed(token, keys)
    audiences: Sequence[str] = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    wrong = {
        "iss": claims.iss != issuer,
        "aud": client_id not in audiences or (len(audiences) > 1 and claims.azp is None),
        "azp": claims.azp is not None and claims.azp != client_id,
        "exp": claims.exp <= now - LEEWAY_SECONDS,
        "iat": not now - OLDEST_SECONDS <= claims.iat <= now + LEEWAY_SECONDS,
        "nonce": claims.nonce != nonce,
        "sub": not 0 < len(claims.sub) <= 255,
    }
    if any(wrong.values()):
        raise ProviderFailed(f"its id_token is not for us: {', '.join(name for name, is_wrong in wrong.items() if is_wrong)}")
    return claims


def _signed(token: str, keys: dict[str, PyJWK]) -> IdClaims:
    if len(token) > LARGEST_BYTES:
        raise ProviderFailed("its id_token is too long")
    jws = PyJWS(algorithms=ALGORITHMS)
    try:
        header = jws.get_unverified_header(token)
        key = keys.get(str(header.get("kid", "")))
        if key is None:
            raise UnknownKey
        # the key's own kind decides the algorithm: what the token's header says must agree with it
        body = jws.decode(token, key, algorithms=[key.algorithm_name] if key.algorithm_name in ALGORITHMS else [])
        return msgspec.json.decode(body, type=IdClaims)
    except (InvalidTokenError, msgspec.DecodeError, ValueError, TypeError, RecursionError) as error:
        raise ProviderFailed(f"its id_token cannot be believed: {error}") from error
