"""What must be right before a process starts."""

from pathlib import Path

import pytest

from control.identity.secrets import UnfitSecret
from server.door.tls import UnfitCertificate
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.wiring.house import base_url, door_tls, house_secrets


@pytest.mark.parametrize(
    ("server", "base"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"host": "0.0.0.0", "port": 80}, "http://127.0.0.1:80"),
        ({"host": "::1"}, "http://[::1]:8000"),
        ({"tls_certificate": "c.pem", "tls_key": "k.pem"}, "https://127.0.0.1:8000"),
        ({"public_url": "https://radio.example/"}, "https://radio.example"),
    ],
)
def test_the_address_is_as_people_write_it(server: dict[str, object], base: str) -> None:
    assert base_url(Settings.model_validate({"server": server})) == base


async def test_secrets_are_made_once_and_a_sample_stops_the_start(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "state")
    folders.make()
    first = await house_secrets(Settings(), folders)
    assert (await house_secrets(Settings(), folders)).get("jwt") == first.get("jwt")
    with pytest.raises(UnfitSecret, match=r"secrets\.jwt"):
        await house_secrets(Settings.model_validate({"secrets": {"jwt": "change-me-please-change-me-please-now"}}), folders)


def test_a_certificate_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    assert door_tls(Settings()) is None
    files = {"tls_certificate": str(tmp_path / "c.pem"), "tls_key": str(tmp_path / "k.pem")}
    with pytest.raises(UnfitCertificate):
        door_tls(Settings.model_validate({"server": files}))
