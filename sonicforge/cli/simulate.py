"""`sonicforge simulate`: runs a station through hours of programme and holds the result against its bars."""

import json
import logging
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import structlog

from sonicforge.simulation import Order, Outcome, simulate
from sonicforge.studio_trouble import DOWN, MODELS_DOWN, OUT_OF_MEMORY
from sonicforge.wiring.studio_part import NO_BACKEND, NO_MEMORY, NO_MODEL

LATEST_FIRST_SOUND_MS: Final = 500.0
LOUDNESS_TOLERANCE_LU: Final = 0.5
CEILING_DBTP: Final = -1.0
LEAST_SPEED: Final = 40.0
LEAST_SPEED_PER_CORE: Final = 6.0
LONGEST_MEMORY_SLOPE: Final = 1.0
LEAST_HOURS_FOR_MEMORY: Final = 1.0
LEAST_HOURS_FOR_SPEED: Final = 1.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure and what it must be."""

    name: str
    value: float
    limit: str
    holds: bool


def run(hours: float, tracks: str, encoders: str, seed: int, studio: str, as_json: bool) -> int:
    """Prints the bars; 1 if one is broken."""
    order = Order(hours, tracks == "short", encoders, seed, studio)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # a day of trouble is thousands of warnings
    with tempfile.TemporaryDirectory(prefix="sonicforge-simulation-") as folder:
        outcome = simulate(order, Path(folder), lambda words: print(f"  {words}", file=sys.stderr, flush=True))
    bars = judged(order, outcome)
    held = all(bar.holds for bar in bars)
    if as_json:
        told = {"hours": hours, "tracks": tracks, "encoders": encoders, "studio": studio, "holds": held, **asdict(outcome.verdict)}
        print(json.dumps(told | {bar.name: bar.value for bar in bars} | {"bars": [asdict(bar) for bar in bars]}))
    else:
        took = f"{outcome.wall_seconds:.0f} s ({outcome.cpu_seconds:.0f} s of CPU)"
        print(f"{hours:g} h of programme, {outcome.verdict.joins} joins, in {took}")
        for bar in bars:
            print(f"  {'ok  ' if bar.holds else 'FAIL'}  {bar.name:<26} {bar.value:>10.2f}   {bar.limit}")
        for gap in outcome.verdict.gapped_at:
            print(f"        gap at {gap}")
        for click in outcome.verdict.clicked_at:
            print(f"        click at {click}")
        for name, words in outcome.alarms.items():
            print(f"  alarm {name}: {words}")
    return 0 if held else 1


def judged(order: Order, outcome: Outcome) -> list[Bar]:
    """The bars that this order is held to."""
    heard = outcome.verdict
    bars = [
        _at_most("first_sound_ms", heard.first_sound_ms, LATEST_FIRST_SOUND_MS),
        _at_most("gaps", heard.gaps, 0),
        _at_most("longest_gap_ms", heard.longest_gap_ms, 20),
        _at_most("clicks", heard.clicks, 0),
        _at_most("playlist_violations", heard.playlist_violations, 0),
        _at_most("position_errors", heard.position_errors, 0),
        _at_most("fallbacks", heard.fallbacks, 0),
        _at_most("hls_drift_frames", outcome.hls_drift_frames, 0),
        _at_most("true_peak_dbtp", heard.true_peak_dbtp, CEILING_DBTP),
        _within("loudness_error_lu", heard.loudness_error_lu, LOUDNESS_TOLERANCE_LU),
    ]
    if order.studio != "none":
        bars += _studio_bars(order, outcome)
    if order.hours >= LEAST_HOURS_FOR_MEMORY:
        bars.append(_at_most("memory_slope_mb_per_hour", heard.memory_slope_mb_per_hour, LONGEST_MEMORY_SLOPE))
    speed, per_core = heard.seconds_aired / outcome.wall_seconds, heard.seconds_aired / outcome.cpu_seconds
    alone = order.encoders == "none" and order.studio != MODELS_DOWN  # encoders, or a critic who hears every take, take most of a core
    least = LEAST_SPEED if alone else 0.0
    if order.hours < LEAST_HOURS_FOR_SPEED:
        return [*bars, _at_least("times_real_time", speed, 0), _at_least("times_real_time_per_core", per_core, 0)]
    return [*bars, _at_least("times_real_time", speed, least), _at_least("times_real_time_per_core", per_core, LEAST_SPEED_PER_CORE)]


def _studio_bars(order: Order, outcome: Outcome) -> list[Bar]:
    """What is wrong is seen, and nothing else is: with every backend down nothing is made, with every language model down all goes on."""
    assert outcome.studio is not None
    made = sum(station.made for station in outcome.studio.stations.values())
    wanted = {DOWN: {NO_BACKEND}, OUT_OF_MEMORY: {NO_BACKEND, NO_MEMORY}, MODELS_DOWN: {NO_MODEL}}[order.studio]
    bars = [_at_least("alarms_raised", len(wanted & outcome.alarms.keys()), len(wanted))]
    if order.studio == MODELS_DOWN:
        return [*bars, _at_least("takes_made", made, 1)]
    failures = sum(sum(backend.failures.values()) for backend in outcome.studio.backends)
    return [*bars, _at_most("takes_made", made, 0), _at_least("failures_counted", failures, 1)]


def _at_most(name: str, value: float, limit: float) -> Bar:
    return Bar(name, value, f"at most {limit:g}", value <= limit)


def _at_least(name: str, value: float, limit: float) -> Bar:
    return Bar(name, value, f"at least {limit:g}", value >= limit)


def _within(name: str, value: float, tolerance: float) -> Bar:
    return Bar(name, value, f"within {tolerance:g} of 0", abs(value) <= tolerance)
