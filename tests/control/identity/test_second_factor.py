"""Authenticators and recovery codes, without a database."""

from uuid import uuid4

import pyotp
import pytest

from control.identity.second_factor import RECOVERY_CODES, STEP_SECONDS, SecondFactor, is_totp

NOW = 1_800_000_000.0
FACTOR = SecondFactor(bytes(range(32)))
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ACCOUNT = uuid4()


def test_a_code_belongs_to_its_half_minute() -> None:
    code = pyotp.TOTP(SECRET).at(int(NOW))
    step = int(NOW) // STEP_SECONDS
    assert FACTOR.step_of(SECRET, code, NOW) == step
    assert [FACTOR.step_of(SECRET, code, NOW + late) for late in (-60, -30, 29, 30, 60)] == [None, step, step, step, None]


@pytest.mark.parametrize("vector", [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")])
def test_the_vectors_of_the_standard(vector: tuple[int, str]) -> None:
    """RFC 6238, appendix B, SHA-1, its last six digits."""
    now, code = vector
    assert FACTOR.step_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", code, now) == now // 30


@pytest.mark.parametrize("code", ["", "00000", "0000000", "١٢٣٤٥٦", "\ud800"])
def test_what_is_no_code_is_of_no_step(code: str) -> None:
    assert FACTOR.step_of(SECRET, code, NOW) is None


def test_a_sealed_secret_opens_for_its_account_alone() -> None:
    sealed = FACTOR.sealed(SECRET, ACCOUNT)
    assert FACTOR.opened(sealed, ACCOUNT) == SECRET
    assert SECRET.encode() not in sealed
    assert FACTOR.opened(sealed, uuid4()) is None
    assert SecondFactor(bytes(32)).opened(sealed, ACCOUNT) is None
    assert FACTOR.opened(sealed[:-1] + bytes([sealed[-1] ^ 1]), ACCOUNT) is None
    assert FACTOR.opened(b"", ACCOUNT) is None
    assert FACTOR.sealed(SECRET, ACCOUNT) != sealed


def test_recovery_codes_are_ten_and_all_different() -> None:
    codes = FACTOR.new_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODES
    assert not [code for code in codes if is_totp(code)]


def test_a_recovery_code_is_read_as_people_type_it() -> None:
    (code, *_) = FACTOR.new_recovery_codes()
    digests = FACTOR.recovery_digests([code, code.upper(), code.replace("-", ""), f" {code.replace('-', ' ')} "], ACCOUNT)
    assert len(set(digests)) == 1
    assert FACTOR.recovery_digests([code], uuid4()) != digests[:1]


def test_an_authenticator_reads_the_address() -> None:
    read = pyotp.parse_uri(FACTOR.uri(SECRET, "a b@example.org"))
    assert (read.secret, read.name, read.issuer) == (SECRET, "a b@example.org", "SonicForge")


def test_a_weak_pepper_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        SecondFactor(b"short")


@pytest.mark.parametrize(("code", "yes"), [("123456", True), ("123 456", True), ("abcd-efgh-jkmn-pqrs", False), ("١٢٣٤٥٦", False)])
def test_codes_are_told_apart(code: str, yes: bool) -> None:
    assert is_totp(code) is yes
