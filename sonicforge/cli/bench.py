"""`sonicforge bench`: the measuring stands beside the package in a checkout, since nobody needs it to run a station."""

import importlib
import sys
from pathlib import Path

import structlog

import sonicforge


def run(area: str, only: list[str], as_json: bool) -> int:
    """Prints a row for each bar of the area; 0 if all hold, 1 if one does not, 2 where nothing can be measured."""
    house = Path(sonicforge.__file__).resolve().parents[1]
    if not (house / "benchmarks" / f"{area}.py").is_file():
        print(
            f"sonicforge: the benchmarks are not installed with the package ({house} has no benchmarks/); run this in a checkout",
            file=sys.stderr,
        )
        return 2
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # rows alone belong to standard output
    sys.path.insert(0, str(house))
    try:
        measurements = importlib.import_module(f"benchmarks.{area}").MEASUREMENTS
        from benchmarks.area import run as measure
    except ModuleNotFoundError as error:
        print(f"sonicforge: the benchmarks need {error.name}: pip install --editable '.[test]'", file=sys.stderr)
        return 2
    return measure(measurements, only, as_json)
