"""The machine's own parts, on the machine that runs the tests."""

from pathlib import Path

from server.door.parts import Part, disk, memory, processor
from server.door.status import Status


def test_the_machine_tells_of_itself_with_a_reason() -> None:
    for part in (processor(), memory()):
        assert part.reason.endswith(".")
        assert part.told()["state"] in set(Status)
    assert processor().figures["cores"] >= 1
    assert 0 < memory().figures["available_bytes"] <= memory().figures["total_bytes"]


def test_a_disk_is_measured_where_the_state_lies(tmp_path: Path) -> None:
    assert disk(tmp_path).figures["free_bytes"] > 0


def test_a_state_folder_that_is_gone_is_down(tmp_path: Path) -> None:
    gone = disk(tmp_path / "gone")
    assert gone.state is Status.DOWN
    assert "No such file" in gone.reason


def test_what_is_told_holds_the_figures() -> None:
    assert Part(Status.OK, "Well.", {"load": 1.0}).told() == {"state": "ok", "reason": "Well.", "load": 1.0}
