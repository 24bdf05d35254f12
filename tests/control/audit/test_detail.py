import json
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from control.apikeys.presented import new_secret
from control.audit.detail import DEEPEST, LONGEST_TEXT, WITHHELD, fit

CANARY = "canary-5dd3e1"


def test_what_is_named_like_a_secret_is_withheld() -> None:
    detail = {
        "password": CANARY,
        "new_password": CANARY,
        "refresh_token": CANARY,
        "Authorization": CANARY,
        "inner": {"client_secret": CANARY},
    }
    assert CANARY not in str(fit(detail))


def test_what_looks_like_a_key_or_a_token_is_withheld_wherever_it_stands() -> None:
    key = new_secret()
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
    told = str(fit({"note": f"was sent {key.text} and {token}", "list": [key.text]}))
    assert key.secret not in told
    assert "eyJ" not in told
    assert WITHHELD in told


def test_a_state_of_an_account_may_be_told() -> None:
    assert fit({"state": "suspended", "tokens_revoked": True}) == {"state": "suspended", "tokens_revoked": True}


def test_values_become_plain() -> None:
    account = UUID(int=7)
    at = datetime(2026, 1, 2, tzinfo=UTC)
    assert fit({"account": account, "at": at, "set": {"b", "a"}, "odd": object()}) == {
        "account": str(account),
        "at": at.isoformat(),
        "set": ["a", "b"],
        "odd": "[object]",
    }


def test_a_line_cannot_be_forged() -> None:
    assert fit("name\r\nevent=login.succeed") == "name event=login.succeed"


def test_size_and_depth_are_bounded() -> None:
    deep: dict[str, object] = {}
    for _ in range(50):
        deep = {"in": deep}
    assert str(fit(deep)).count("in") <= DEEPEST
    assert len(fit("x" * 10_000)) == LONGEST_TEXT


@given(st.recursive(st.none() | st.booleans() | st.text(max_size=20), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_anything_can_be_fitted(value: object) -> None:
    assert "\\u0000" not in json.dumps(fit(value))


def test_half_a_surrogate_pair_can_be_kept() -> None:
    assert json.dumps(fit("\ud800x"), ensure_ascii=False).encode() == b'"?x"'
