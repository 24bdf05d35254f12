"""One Valkey server for all tests of a file; each test has keys of its own by a prefix of its own."""

from collections.abc import Iterator

import pytest

from tests.control.valkey import Valkey, valkey


@pytest.fixture(scope="module")
def server() -> Iterator[Valkey]:
    with valkey() as running:
        yield running
