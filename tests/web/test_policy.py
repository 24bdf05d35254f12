"""What our headers forbid."""

import pytest

from web.policy import fresh_nonce, page_headers


def directives(headers: dict[str, str]) -> dict[str, str]:
    parts = (part.partition(" ") for part in headers["Content-Security-Policy"].split("; "))
    return {name: value for name, _, value in parts}


def test_nothing_is_allowed_that_is_not_named() -> None:
    policy = directives(page_headers("abc", "radio.example", framed=False))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'nonce-abc' 'strict-dynamic'"
    assert policy["style-src"] == "'self'"
    assert policy["connect-src"] == "'self' ws://radio.example wss://radio.example"
    assert not any("unsafe" in value or "*" in value or "blob:" in value for name, value in policy.items() if name != "media-src")


def test_only_the_page_made_for_it_may_be_framed() -> None:
    ours = page_headers("abc", "radio.example", framed=False)
    embedded = page_headers("abc", "radio.example", framed=True)
    assert ours["X-Frame-Options"] == "DENY"
    assert directives(ours)["frame-ancestors"] == "'none'"
    assert "X-Frame-Options" not in embedded
    assert directives(embedded)["frame-ancestors"] == "*"


def test_only_the_page_made_for_it_may_ask_for_the_microphone() -> None:
    refused = page_headers("abc", "radio.example", framed=False)["Permissions-Policy"]
    allowed = page_headers("abc", "radio.example", framed=False, microphone=True)["Permissions-Policy"]
    assert "microphone=()" in refused.split(", ")
    assert "microphone=(self)" in allowed.split(", ")
    assert all("camera=()" in policy.split(", ") for policy in (refused, allowed))


@pytest.mark.parametrize("host", ["evil.example; script-src *", "a b", "", "x\r\nSet-Cookie: a=b", "[::1", "host:port"])
def test_a_host_that_is_none_is_not_repeated(host: str) -> None:
    assert directives(page_headers("abc", host, framed=False))["connect-src"] == "'self'"


@pytest.mark.parametrize("host", ["localhost:8000", "192.168.1.9", "[::1]:8000", "radio.example:443"])
def test_hosts_may_carry_a_port(host: str) -> None:
    assert f"ws://{host} " in page_headers("abc", host, framed=False)["Content-Security-Policy"]


def test_nonces_are_never_used_twice() -> None:
    nonces = {fresh_nonce() for _ in range(1000)}
    assert len(nonces) == 1000
    assert all(len(nonce) >= 22 for nonce in nonces)
