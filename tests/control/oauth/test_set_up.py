from pathlib import Path

import pytest

from control.oauth.foyer import set_up
from sonicforge.config import InvalidConfiguration, load


def test_a_provider_is_offered_once_it_has_both() -> None:
    found = set_up({"google": ("id", "secret"), "github": ("id", ""), "spotify": ("", "")})
    assert [provider.name for provider in found] == ["google"]
    assert found[0].issuer == "https://accounts.google.com"
    assert "secret" not in repr(found[0])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('google_client_id = "x"', "google_client_secret"),
        ('google_client_id = "x"\ngoogle_client_secret = "canary-77"', "server.public_url"),
        ('[server]\npublic_url = "radio.example"', "public_url"),
        ('[server]\npublic_url = "https://radio.example/path"', "public_url"),
    ],
)
def test_half_a_set_up_is_refused_without_telling_its_secret(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[oauth]\n{text}\n")
    with pytest.raises(InvalidConfiguration, match=complaint) as told:
        load(file)
    assert "canary" not in str(told.value)
