"""Access tokens: what is believed, and everything that is not."""

import json
from base64 import urlsafe_b64encode
from hmac import digest
from uuid import uuid4

import jwt
import pytest

from control.errors import Unauthenticated
from control.identity.tokens import AUDIENCE, ISSUER, LARGEST_BYTES, LIFE_SECONDS, TYPE, Tokens
from control.permissions import Permission, Role
from control.principal import Means, Principal, of_role
from control.tiers import Tier

NOW = 1_800_000_000.0
SECRET = bytes(range(32))
OTHER = bytes(range(1, 33))
ACCOUNT, SESSION = uuid4(), uuid4()
SOMEBODY = Principal(Means.TOKEN, frozenset(), ACCOUNT, Role.DJ, Tier.PRO, SESSION, mfa=True)


def payload(**changes: object) -> dict[str, object]:
    """A good payload, changed; None takes a claim away."""
    good: dict[str, object] = {"iss": ISSUER, "aud": AUDIENCE, "sub": str(ACCOUNT), "sid": str(SESSION), "jti": "1", "mfa": False}
    good |= {"iat": int(NOW), "exp": int(NOW) + LIFE_SECONDS, "role": "dj", "tier": "pro", "amr": ["pwd"]}
    return {key: value for key, value in (good | changes).items() if value is not None}


def kid_of(secret: bytes) -> str:
    return str(jwt.get_unverified_header(Tokens(secret).mint(SOMEBODY, NOW))["kid"])


def encoded(part: bytes) -> bytes:
    return urlsafe_b64encode(part).rstrip(b"=")


def signed(claims: object, secret: bytes = SECRET, algorithm: str = "HS256", **header: object) -> str:
    """A token as a forger (who knows the secret, here) would make it; None takes a header away."""
    head = {"alg": algorithm, "typ": TYPE, "kid": kid_of(SECRET), **header}
    text = encoded(json.dumps({key: value for key, value in head.items() if value is not None}).encode())
    text += b"." + encoded(claims if isinstance(claims, bytes) else json.dumps(claims).encode())
    hashes = {"HS256": "sha256", "HS512": "sha512"}
    made = digest(secret, text, hashes[algorithm]) if algorithm in hashes else b""
    return (text + b"." + encoded(made)).decode()


def test_what_was_minted_is_read() -> None:
    tokens = Tokens(SECRET)
    claims = tokens.read(tokens.mint(SOMEBODY, NOW, ("pwd", "otp")), NOW + 10)
    assert (claims.account_id, claims.session_id, claims.role, claims.tier) == (ACCOUNT, SESSION, Role.DJ, Tier.PRO)
    assert (claims.mfa, claims.amr) == (True, ("pwd", "otp"))
    assert (claims.issued_at, claims.expires_at) == (NOW, NOW + LIFE_SECONDS)


def test_its_principal_may_what_the_role_may() -> None:
    tokens = Tokens(SECRET)
    asker = tokens.read(tokens.mint(SOMEBODY, NOW), NOW).principal
    assert asker.may(Permission.STATION_CONTROL_SKIP)
    assert not asker.may(Permission.HOUSE_ROLES_ASSIGN)
    assert (asker.session_id, asker.mfa, asker.means) == (SESSION, True, Means.TOKEN)


def test_two_tokens_differ_in_their_number() -> None:
    tokens = Tokens(SECRET)
    assert tokens.read(tokens.mint(SOMEBODY, NOW), NOW).jti != tokens.read(tokens.mint(SOMEBODY, NOW), NOW).jti


def test_only_a_session_of_an_account_has_a_token() -> None:
    with pytest.raises(ValueError, match="session"):
        Tokens(SECRET).mint(of_role(ACCOUNT, Role.DJ, Tier.PRO), NOW)


def test_it_ends_after_fifteen_minutes() -> None:
    tokens = Tokens(SECRET)
    token = tokens.mint(SOMEBODY, NOW)
    assert tokens.read(token, NOW + 899).account_id == ACCOUNT
    with pytest.raises(Unauthenticated):
        tokens.read(token, NOW + 900)


def test_one_from_the_future_is_refused() -> None:
    tokens = Tokens(SECRET)
    with pytest.raises(Unauthenticated):
        tokens.read(tokens.mint(SOMEBODY, NOW + 60), NOW)


def test_a_secret_may_change_while_tokens_of_the_older_are_about() -> None:
    before, after = Tokens(OTHER), Tokens(SECRET, OTHER)
    assert after.read(before.mint(SOMEBODY, NOW), NOW).account_id == ACCOUNT
    with pytest.raises(Unauthenticated):
        before.read(after.mint(SOMEBODY, NOW), NOW)


def test_a_weak_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        Tokens(b"short")
    with pytest.raises(ValueError, match="32"):
        Tokens(SECRET, b"short")


def test_the_forged_good_one_is_good() -> None:
    """Else the refusals below would prove nothing."""
    assert Tokens(SECRET).read(signed(payload()), NOW).account_id == ACCOUNT


@pytest.mark.parametrize(
    "changes",
    [
        *[{claim: None} for claim in ("iss", "aud", "sub", "sid", "jti", "iat", "exp", "role", "tier", "mfa", "amr")],
        *[{"iss": "sonicforg"}, {"iss": [ISSUER]}, {"aud": "elsewhere"}, {"aud": [AUDIENCE]}, {"sub": "1"}, {"exp": "2000000000"}],
        *[{"exp": int(NOW)}, {"exp": 1.5e9}, {"role": "god"}, {"tier": 4}, {"mfa": 1}, {"amr": "pwd"}, {"admin": True}],
    ],
    ids=str,
)
def test_wrong_claims_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(Unauthenticated):
        Tokens(SECRET).read(signed(payload(**changes)), NOW)


@pytest.mark.parametrize(
    "header", [{"typ": "JWT"}, {"typ": None}, {"kid": "elsewhere"}, {"kid": None}, {"kid": [1]}, {"crit": ["x"], "x": 1}], ids=str
)
def test_wrong_headers_are_refused(header: dict[str, object]) -> None:
    with pytest.raises(Unauthenticated):
        Tokens(SECRET).read(signed(payload(), SECRET, "HS256", **header), NOW)


@pytest.mark.parametrize(("secret", "algorithm"), [(OTHER, "HS256"), (SECRET, "HS512"), (SECRET, "none"), (SECRET, "None"), (b"", "HS256")])
def test_another_secret_or_algorithm_is_refused(secret: bytes, algorithm: str) -> None:
    with pytest.raises(Unauthenticated):
        Tokens(SECRET).read(signed(payload(), secret, algorithm), NOW)


def test_one_changed_letter_is_refused() -> None:
    tokens = Tokens(SECRET)
    head, body, signature = tokens.mint(SOMEBODY, NOW).split(".")
    for changed in (f"{head}.{body[:-2]}AA.{signature}", f"{head}.{body}.{signature[:-2]}AA", f"{head}.{body}"):
        with pytest.raises(Unauthenticated):
            tokens.read(changed, NOW)


@pytest.mark.parametrize(
    "rubbish", ["", ".", "..", "a.b.c", "é.é.é", "\ud800", "eyJ" * 400, "[" * 4_000, "x" * 8_000_000], ids=lambda text: text[:6]
)
def test_rubbish_is_refused(rubbish: str) -> None:
    with pytest.raises(Unauthenticated):
        Tokens(SECRET).read(rubbish, NOW)


def test_a_deep_body_is_refused() -> None:
    """Signed rightly, yet it would exhaust a parser's stack."""
    token = signed(b"[" * 2_500)
    assert len(token) < LARGEST_BYTES
    with pytest.raises(Unauthenticated):
        Tokens(SECRET).read(token, NOW)
