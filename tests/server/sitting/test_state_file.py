"""The state outlives torn, absent and unknown files."""

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from server.sitting.state_file import StateFile
from tests.server.sitting.test_sitting import STATE


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "main" / "state.json")
    assert file.load() is None
    file.save(STATE)
    assert file.load() == STATE


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"\x00" * 500,
        b"\xff\xfe",
        b"[]",
        b'{"version": 1}',
        msgspec.json.encode(replace(STATE, version=99)),
        msgspec.json.encode(replace(STATE, position=-1)),
        None,
    ],
)
def test_damage_leads_back_to_the_one_before(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / "state.json"
    file = StateFile(path)
    file.save(STATE)
    file.save(replace(STATE, sitting=9))
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    assert file.load() == STATE
    file.save(replace(STATE, sitting=10))
    assert file.load() == replace(STATE, sitting=10)


def test_both_damaged_is_a_sign_on(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.json")
    file.save(STATE)
    file.save(STATE)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:100])
    assert file.load() is None


def test_a_disk_that_refuses_leaves_the_last_good_state(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    file = StateFile(path)
    file.save(STATE)
    path.unlink()
    path.mkdir()
    (path / "inside").touch()
    (tmp_path / "state.json.previous").write_bytes(msgspec.json.encode(STATE))
    with pytest.raises(OSError, match="irectory"):
        file.save(replace(STATE, sitting=9))
    assert file.load() == STATE
