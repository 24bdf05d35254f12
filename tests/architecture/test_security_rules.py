"""The scanners find nothing in the house, and would find what they look for: an example of each fault is planted and must be found."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

HOUSE: Final = Path(__file__).resolve().parents[2]
ROOMS: Final = ("dsp", "generation", "server", "control", "web", "sonicforge")
RULES: Final = HOUSE / ".semgrep" / "rules.yml"
SEMGREP: Final = HOUSE / ".venv" / "semgrep" / "bin" / "semgrep"

PLANTED: Final[dict[str, tuple[str, str]]] = {
    "untrusted-file-opened-outside-intake": ("server/a.py", "import av\nav.open(name)\n"),
    "jwt-decoded-without-algorithms": ("control/b.py", "import jwt\njwt.decode(token, key, options={'require': ['exp']})\n"),
    "jwt-decoded-without-required-claims": ("control/c.py", "import jwt\njwt.decode(token, key, algorithms=['HS256'])\n"),
    "jwt-signature-not-verified": ("control/d.py", "import jwt\njwt.decode(token, options={'verify_signature': False})\n"),
    "shell": ("sonicforge/e.py", "import subprocess\nsubprocess.run(words, shell=True)\n"),
    "text-that-becomes-code": ("web/f.py", "import yaml\nyaml.load(text)\n"),
    "sql-outside-repositories": ("control/accounts/g.py", "QUESTION = 'SELECT name FROM accounts'\n"),
    "value-inside-sql": ("control/accounts/repository.py", "database.fetch(f'select * from accounts where name = {body.name}')\n"),
    "guessable-randomness": ("control/h.py", "import random\ncode = random.randbytes(8)\n"),
    "certificate-not-verified": ("generation/i.py", "session.get(address, ssl=False)\n"),
    "static-files-behind-links": ("web/j.py", "serve('/static', folder, follow_symlinks=True)\n"),
    "route-beside-the-guard": ("server/k.py", "application.router.add_get('/metrics', scrape)\n"),
}
"""Rule -> a file and what stands in it."""
INNOCENT: Final = {
    "server/intake/l.py": "import av\nav.open(name)\n",
    "sonicforge/m.py": "import av\nav.open(name, 'w', format='flac')\n",
    "control/n.py": "import jwt\njwt.decode(token, key, algorithms=['HS256'], options={'require': ['exp', 'sub']})\n",
    "control/library/repository.py": "TRACKS = 'SELECT id FROM tracks'\ndatabase.fetch(f'{TRACKS} WHERE id = $1', track_id)\n",
    "control/o.py": "from random import SystemRandom\nWORDS = 'Select a track from the list'\n",
    "server/p.py": "from server.route import add_routes\nadd_routes(application, routes, guard)\n",
}


def scan(folder: Path, *targets: str) -> list[dict[str, Any]]:
    """What semgrep finds there. Fails if it is not installed, or could not read a rule or a file."""
    if not SEMGREP.exists():
        pytest.fail("semgrep is missing: `make check` installs it into an environment of its own")
    options = ["--metrics", "off", "--disable-version-check", "--strict", "--json", "--no-git-ignore"]
    done = subprocess.run(
        [SEMGREP, "scan", "--config", RULES, *options, *targets], cwd=folder, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["errors"] == []
    assert len(report["paths"]["scanned"]) > 0
    found: list[dict[str, Any]] = report["results"]
    return found


def test_each_rule_finds_its_planted_example_and_nothing_else(tmp_path: Path) -> None:
    for name, text in [*PLANTED.values(), *INNOCENT.items()]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = {(each["check_id"].rpartition(".")[2], each["path"]) for each in scan(tmp_path, ".")}
    expected = {(rule, name) for rule, (name, _) in PLANTED.items()}
    assert found >= expected
    assert {path for _, path in found} == {name for name, _ in PLANTED.values()}, "nothing innocent is accused"


def test_each_rule_has_a_planted_example() -> None:
    rules = {line.removeprefix("  - id: ") for line in RULES.read_text().splitlines() if line.startswith("  - id: ")}
    assert rules == set(PLANTED)


def test_semgrep_finds_nothing_in_the_house() -> None:
    found = [f"{each['path']}:{each['start']['line']}: {each['check_id']}: {each['extra']['message']}" for each in scan(HOUSE, *ROOMS)]
    assert found == []


def bandit(folder: Path, *targets: str) -> "subprocess.CompletedProcess[str]":
    configured = ["--configfile", HOUSE / "pyproject.toml"]
    return subprocess.run(
        [sys.executable, "-m", "bandit", "--quiet", "--recursive", *configured, *targets],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_bandit_finds_nothing_in_the_house() -> None:
    done = bandit(HOUSE, *ROOMS)
    assert done.returncode == 0, done.stdout


def test_bandit_finds_a_planted_fault(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text("import tempfile\nname = tempfile.mktemp()\n")
    done = bandit(tmp_path, ".")
    assert done.returncode == 1
    assert "B306" in done.stdout


def test_what_bandit_overlooks_is_on_the_list_and_no_line_silences_it() -> None:
    skipped = tomllib.loads((HOUSE / "pyproject.toml").read_text())["tool"]["bandit"]["skips"]
    assert set(skipped) == {"B101", "B104", "B105", "B311", "B404", "B603", "B608", "B615"}
    silenced = [path for room in ROOMS for path in (HOUSE / room).rglob("*.py") if {"nosemgrep", "nosec"} & set(path.read_text().split())]
    assert silenced == []
