"""Access tokens: short-lived JWTs that say who asks, so that no request needs the database to know it.

HS256 and nothing else, so that no header can choose another algorithm. PyJWT checks the signature alone: what a token claims is read
into a strict type and judged here, because PyJWT forgives a missing expiry and takes the time from the machine. A token is believed
for fifteen minutes; who must be stopped sooner stands in the Kv (control/accounts/revocations.py), and the guard asks there.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid4

import msgspec
from jwt.api_jws import PyJWS
from jwt.exceptions import InvalidTokenError

from control.errors import Unauthenticated
from control.permissions import Role
from control.principal import Principal, of_role
from control.tiers import Tier

LIFE_SECONDS: Final = 900
LARGEST_BYTES: Final = 4_096
"""A longer token is refused unread: parsing megabytes would hold the event loop."""
LEAST_SECRET_BYTES: Final = 32
ALGORITHM: Final = "HS256"
TYPE: Final = "at+jwt"
"""RFC 9068: an access token cannot pass for another kind of JWT, nor another kind for it."""
ISSUER: Final = "sonicforge"
AUDIENCE: Final = "sonicforge-api"
LEEWAY_SECONDS: Final = 5.0
"""How far ahead the clock of another machine of the house may run."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token that was believed says. Times are UNIX seconds."""

    account_id: UUID
    role: Role
    tier: Tier
    session_id: UUID
    """The refresh family that it was made from."""
    jti: str
    issued_at: int
    expires_at: int
    mfa: bool
    amr: tuple[str, ...]
    """How the person proved who he is (RFC 8176): pwd, otp, fed."""

    @property
    def principal(self) -> Principal:
        """The asker, with all that his role grants."""
        plain = of_role(self.account_id, self.role, self.tier)
        return Principal(plain.means, plain.permissions, plain.account_id, plain.role, plain.tier, self.session_id, mfa=self.mfa)


class Payload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The claims as they travel; all are required."""

    iss: str
    aud: str
    sub: UUID
    sid: UUID
    jti: str
    iat: int
    exp: int
    role: Role
    tier: Tier
    mfa: bool
    amr: tuple[str, ...]


class Tokens:
    """Makes access tokens and believes them. Knows nobody: whether an account still stands is not its business."""

    def __init__(self, secret: bytes, *older: bytes) -> None:
        """Signs with `secret`; tokens of the `older` ones are believed until they expire, so that a secret can be changed in use.

        Raises ValueError for a secret below 32 bytes.
        """
        if min(len(each) for each in (secret, *older)) < LEAST_SECRET_BYTES:
            raise ValueError(f"a secret for tokens has at least {LEAST_SECRET_BYTES} bytes")
        self._secrets = {_name_of(each): each for each in (*older, secret)}
        self._kid = _name_of(secret)
        self._jws = PyJWS(algorithms=[ALGORITHM], options={"enforce_minimum_key_length": True})
        self._payloads = msgspec.json.Decoder(Payload)

    def mint(self, principal: Principal, now: float, amr: tuple[str, ...] = ("pwd",)) -> str:
        """A token for an account's session, good for LIFE_SECONDS from `now` (UNIX). Raises ValueError where either is missing."""
        if principal.account_id is None or principal.role is None or principal.session_id is None:
            raise ValueError("only an account with a session has a token")
        payload = Payload(
            iss=ISSUER,
            aud=AUDIENCE,
            sub=principal.account_id,
            sid=principal.session_id,
            jti=uuid4().hex,
            iat=int(now),
            exp=int(now) + LIFE_SECONDS,
            role=principal.role,
            tier=principal.tier,
            mfa=principal.mfa,
            amr=amr,
        )
        headers = {"typ": TYPE, "kid": self._kid}
        return self._jws.encode(msgspec.json.encode(payload), self._secrets[self._kid], algorithm=ALGORITHM, headers=headers)

    def read(self, token: str, now: float) -> Claims:
        """What the token says, if it is ours and good at `now`. Raises Unauthenticated, without a reason that would help a forger."""
        if len(token) > LARGEST_BYTES:
            raise Unauthenticated
        try:
            header = self._jws.get_unverified_header(token)
            if header.get("typ") != TYPE:
                raise Unauthenticated
            body: bytes = self._jws.decode(token, self._secrets[header.get("kid", "")], algorithms=[ALGORITHM])
            payload = self._payloads.decode(body)
        except (InvalidTokenError, msgspec.DecodeError, KeyError, TypeError, ValueError, RecursionError):
            raise Unauthenticated from None
        if payload.iss != ISSUER or payload.aud != AUDIENCE or not payload.iat - LEEWAY_SECONDS <= now < payload.exp:
            raise Unauthenticated
        return Claims(
            account_id=payload.sub,
            role=payload.role,
            tier=payload.tier,
            session_id=payload.sid,
            jti=payload.jti,
            issued_at=payload.iat,
            expires_at=payload.exp,
            mfa=payload.mfa,
            amr=payload.amr,
        )


def _name_of(secret: bytes) -> str:
    """The key id: tells secrets apart and gives none of them away."""
    return sha256(b"sonicforge token secret " + secret).hexdigest()[:16]
