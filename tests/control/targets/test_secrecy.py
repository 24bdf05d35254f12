"""A stream key goes in and never comes out: a canary is planted, everything is done with it, and then it is looked for everywhere."""

from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from control.permissions import Role
from sonicforge.logs import open_logs
from sonicforge.sections import Log
from tests.control.targets.house import KEY, PLAIN, House, house

pytestmark = pytest.mark.real
SECOND = "canary-second-0b1e"


async def everything(one: House) -> list[str]:
    """All that can be asked of targets, right and wrong; every answer with its head."""
    said: list[str] = []

    async def ask(method: str, path: str = "", body: dict[str, object] | None = None, role: Role = Role.ADMIN) -> None:
        answer = await one.ask(method, path, body, role)
        said.append(f"{answer.status} {answer.headers} {await answer.text()}")

    made = await one.add()
    said.append(str(made))
    path = f"/{made['id']}"
    await ask("GET")
    await ask("PATCH", path, {"key": SECOND, "name": "x"})
    await ask("PATCH", path, {"key": f"{SECOND} with a blank"})
    await ask("PATCH", path, {"key": SECOND, "address": f"rtmp://{KEY}:word@ingest.example/app"})
    await ask("PATCH", path, {"key": [SECOND]})
    await ask("PATCH", path, {"key": SECOND, "enabled": "perhaps"})
    await ask("PATCH", path, {"address": f"rtmp://ingest.example/{'a' * 9}"})
    for wrong in ({"platform": KEY}, {"address": "rtmp://10.0.0.1/app"}, {"key": KEY * 40}, {"name": "\n"}, {"more": KEY}):
        await ask("POST", body={**PLAIN, **wrong})
    await ask("POST", body=PLAIN, role=Role.DJ)
    one.mirror.failures = 0
    in_the_way(one.file)
    await ask("PATCH", path, {"name": "y"})
    await ask("DELETE", path)
    await ask("PATCH", path, {"key": SECOND})
    return said


def in_the_way(path: Path) -> None:
    """The pusher's copy cannot be written."""
    path.unlink()
    path.mkdir()
    (path / "x").touch()


def contents(folder: Path) -> list[str]:
    return [path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()]


async def test_no_answer_log_line_audit_row_or_file_holds_a_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with house(tmp_path) as one:
        with capture_logs() as lines:
            said = await everything(one)
        rows = [
            str(dict(row))
            for table in ("audit_log", "stream_targets", "jobs")
            for row in await one.database.fetch(f"SELECT * FROM {table}")
        ]
        statements = str(one.database.report())
        assert one.mirror.failures > 0, "what fails has been logged too"
    assert lines, "something was said"
    places = {
        "answers": said,
        "log": [str(line) for line in lines],
        "logging": [record.getMessage() for record in caplog.records],
        "database": rows,
        "statements": [statements],
        "files": contents(tmp_path),
    }
    found = [(place, text[:200]) for place, texts in places.items() for text in texts if KEY in text or SECOND in text]
    assert found == []


async def test_a_fault_of_ours_shows_no_key_either(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What nobody expected is written down with its traceback, by the logs of the house: with its lines, without its values."""
    async with house(tmp_path) as one:
        await one.add()
        await one.database.execute("ALTER TABLE stream_targets RENAME COLUMN name TO title")
        before = structlog.get_config()
        open_logs(Log(), "test")
        try:
            answer = await one.ask("POST", body=PLAIN)
        finally:
            structlog.configure(**before)
            structlog.contextvars.clear_contextvars()
        assert answer.status == 500
        assert KEY not in await answer.text()
    said = capsys.readouterr().err
    assert "UndefinedColumnError" in said
    assert KEY not in said
