import zlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from control.errors import TooLarge
from control.jobs.payload import LARGEST_BYTES, PACKED_ABOVE_BYTES, pack, unpack


@given(some.binary(max_size=3 * PACKED_ABOVE_BYTES))
def test_what_is_packed_comes_out_again(json: bytes) -> None:
    assert unpack(*pack(json)) == json


def test_short_and_stubborn_payloads_stay_as_they_are() -> None:
    short = b"a" * PACKED_ABOVE_BYTES
    assert pack(short) == (short, False)
    stubborn = Random(1).randbytes(10_000)
    assert pack(stubborn) == (stubborn, False)


def test_long_payloads_shrink() -> None:
    stored, packed = pack(b'{"words":"' + b"la " * 300_000 + b'"}')
    assert packed
    assert len(stored) < 10_000


def test_a_payload_over_the_bound_is_refused() -> None:
    pack(b"x" * LARGEST_BYTES)
    with pytest.raises(TooLarge, match="1048577"):
        pack(b"x" * (LARGEST_BYTES + 1))


@pytest.mark.parametrize("stored", [b"no zlib", zlib.compress(b"x" * 5000)[:-6], zlib.compress(b"x" * (LARGEST_BYTES + 1)), b""])
def test_bytes_that_unpack_to_nothing_good_are_refused(stored: bytes) -> None:
    with pytest.raises(ValueError, match="payload"):
        unpack(stored, packed=True)
