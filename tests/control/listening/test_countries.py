"""Which country an address is in."""

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from control.listening.countries import Countries
from tests.control.listening.country_file import write_countries


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "countries.mmdb"
    write_countries(path, {"203.0.113.0/24": "NZ", "198.51.100.0/25": "IS"})
    return path


def spoil(path: Path) -> None:
    path.write_bytes(b"half of a fi")


def remove(path: Path) -> None:
    path.unlink()


def test_an_address_has_the_country_of_its_network(file: Path) -> None:
    countries = Countries(file)
    assert countries.known
    asked = ("203.0.113.7", "198.51.100.7", "198.51.100.200", "192.0.2.1")
    assert [countries.of(address) for address in asked] == ["NZ", "IS", None, None]


@pytest.mark.parametrize("address", ["", "nowhere", "2001:db8::1", "1.2.3", "/run/socket"])
def test_what_the_file_cannot_know_has_none(file: Path, address: str) -> None:
    assert Countries(file).of(address) is None


def test_where_only_the_registration_is_known_it_tells_that(tmp_path: Path) -> None:
    path = tmp_path / "countries.mmdb"
    write_countries(path, {"203.0.113.0/24": "FO"}, field="registered_country")
    assert Countries(path).of("203.0.113.9") == "FO"


def test_without_a_file_no_country_is_known_and_nothing_is_said() -> None:
    with capture_logs() as said:
        countries = Countries(None)
    assert (countries.known, countries.of("203.0.113.7"), said) == (False, None, [])


@pytest.mark.parametrize("content", [None, b"", b"<html>not found</html>"])
async def test_a_file_that_cannot_be_read_is_said_once_and_counting_goes_on(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "countries.mmdb"
    if content is not None:
        path.write_bytes(content)
    with capture_logs() as said:
        countries = Countries(path)
        await countries.look()
        await countries.look()
    assert (countries.known, countries.of("203.0.113.7")) == (False, None)
    assert [line["log_level"] for line in said] == ["warning"]
    assert "listeners are counted without" in said[0]["event"]


async def test_a_newer_file_is_taken_up_and_a_broken_one_is_not(file: Path) -> None:
    countries = Countries(file)
    write_countries(file, {"203.0.113.0/24": "AU", "192.0.2.0/24": "CL"})
    os.utime(file, (1, 1))
    await countries.look()
    assert (countries.of("203.0.113.7"), countries.of("192.0.2.1")) == ("AU", "CL")
    spoil(file)
    await countries.look()
    assert countries.of("203.0.113.7") == "AU"
    remove(file)
    await countries.look()
    assert countries.of("203.0.113.7") == "AU", "it was read into memory"


async def test_the_watch_looks_again_and_again(file: Path) -> None:
    countries, looks = Countries(file), 0

    async def sleep(seconds: float) -> None:
        nonlocal looks
        assert seconds >= 10
        looks += 1
        if looks == 2:
            assert countries.of("203.0.113.7") == "PE"
            raise InterruptedError
        write_countries(file, {"203.0.113.0/24": "PE", "192.0.2.0/24": "PE", "198.51.100.0/24": "PE"})

    with pytest.raises(InterruptedError):
        await countries.watch(sleep)
