"""Asks an API, as its document invites, for everything a stranger could think of: schemathesis against a running house."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[3]
_SETTINGS = """
[generation]
allow-x00 = false
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "402", "403", "404", "409", "412", "422", "429", "503"]
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "402", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429", "503"]
[[operations]]
include-path-regex = "^/wh[ei]p/"
[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "401", "402", "403", "404", "409", "412", "422", "428", "429", "503"]
"""
"""What an offer of WebRTC is no schema can say: 400 is right for any other text.
A zero character is refused though no schema says so; rules that no schema can say (a weak password) are refusals as well."""


def complaints(
    base_url: str,
    token: str = "",
    examples: int = 50,
    *,
    phases: str = "examples,coverage,fuzzing,stateful",
    leave_out: Sequence[str] = (),
    without_checks: Sequence[str] = (),
    seed: int | None = 1,
    limit_seconds: float = 600,
) -> str:
    """What schemathesis complains of in the API at `base_url` (as the bearer of `token`); empty if nothing.

    All of its checks run on every operation that ends (`x-endless` in the document says which does not). `leave_out`: regular expressions
    of addresses not to ask.
    """
    with tempfile.TemporaryDirectory(prefix="sonicforge-strangers-") as folder:
        settings = Path(folder, "schemathesis.toml")
        settings.write_text(_SETTINGS)
        command = [str(Path(sys.executable).with_name("st")), "--config-file", str(settings), "run", f"{base_url}/openapi.json"]
        command += ["--url", base_url, "--checks", "all", "--phases", phases, "--max-examples", str(examples), "--no-shrink"]
        command += ["--exclude-by", "/x-endless == true", "--request-timeout", "10", "--suppress-health-check", "all", "--warnings", "off"]
        command += ["--header", f"Authorization:Bearer {token}"] if token else []
        command += ["--exclude-path-regex", "|".join(leave_out)] if leave_out else []  # of several only the last would count
        command += ["--exclude-checks", ",".join(without_checks)] if without_checks else []
        command += ["--seed", str(seed)] if seed is not None else []
        surroundings = {**os.environ, "PYTHONPATH": str(HOUSE), "SCHEMATHESIS_HOOKS": "tests.control.api.strangers_words"}
        try:
            done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=limit_seconds, check=False)
        except subprocess.TimeoutExpired as late:
            return f"not finished after {limit_seconds} s:\n{late.stdout!r}"
    return "" if done.returncode == 0 else f"{done.stdout[-20_000:]}\n{done.stderr[-5_000:]}"
