"""Secrets: made once, kept from others, never a sample."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from stat import S_IMODE

import pytest

from control.identity.secrets import NAMES, Secrets, UnfitSecret, make_secret, unfit


def test_first_start_makes_them_and_later_ones_read_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    first, second = Secrets(folder), Secrets(folder)
    assert {first.get(name) for name in NAMES} == {second.get(name) for name in NAMES}
    assert len({first.get(name) for name in NAMES}) == len(NAMES)
    assert S_IMODE(folder.stat().st_mode) == 0o700
    assert {S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert {file.name for file in folder.iterdir()} == {f"{name}.key" for name in NAMES}


def test_many_processes_at_the_first_start_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: Secrets(tmp_path / "secrets").get("jwt"), range(64)))
    assert len(made) == 1


@pytest.mark.parametrize(
    "text",
    [
        *("change me", "secret", "changeme", "password", "not so secret", "sonicforge", "your-secret-key-here"),
        *("changeme" * 5, "your-super-secret-jwt-key-change-me-please", "sonicforge-secret-key-change-this-in-production"),
        *("short-but-odd-7Qx", "a" * 64, "ab" * 32, "0123456789abcdef" * 4, "abcdefghijklmnopqrstuvwxyz012345"),
    ],
)
def test_known_short_and_simple_values_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnfitSecret) as refused:
        Secrets(tmp_path, {"jwt": text})
    assert text not in str(refused.value).replace("secrets.jwt", "")
    (tmp_path / "pepper.key").write_text(text)
    (tmp_path / "pepper.key").chmod(0o600)
    with pytest.raises(UnfitSecret, match="pepper"):
        Secrets(tmp_path)


def test_random_values_are_taken() -> None:
    assert [fault for _ in range(2_000) if (fault := unfit(make_secret()))] == []


def test_configuration_wins_and_a_file_may_hold_it(tmp_path: Path) -> None:
    mine = make_secret()
    mounted = tmp_path / "mounted"
    mounted.write_text(f"{mine}\n")
    mounted.chmod(0o444)
    assert Secrets(tmp_path / "a", {"jwt": mine}).get("jwt") == mine.encode()
    assert Secrets(tmp_path / "b", {"jwt": f"file:{mounted}"}).get("jwt") == mine.encode()
    assert not (tmp_path / "a" / "jwt.key").exists()
    with pytest.raises(UnfitSecret, match=r"secrets\.jwt: the file cannot be read"):
        Secrets(tmp_path / "c", {"jwt": f"file:{tmp_path / 'absent'}"})


def test_rotation_keeps_the_older_ones_believed(tmp_path: Path) -> None:
    old, new = make_secret(), make_secret()
    secrets = Secrets(tmp_path, {"jwt": f"{new} {old}"})
    assert secrets.get("jwt") == new.encode()
    assert secrets.all("jwt") == (new.encode(), old.encode())
    with pytest.raises(UnfitSecret):
        Secrets(tmp_path, {"jwt": f"{new} changeme"})


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    Secrets(tmp_path)
    (tmp_path / "jwt.key").chmod(0o640)
    with pytest.raises(UnfitSecret, match="others may read it"):
        Secrets(tmp_path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    Secrets(tmp_path)
    (tmp_path / "jwt.key").write_text("\n")
    with pytest.raises(UnfitSecret, match="is empty"):
        Secrets(tmp_path)
