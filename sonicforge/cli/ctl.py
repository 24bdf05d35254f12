"""`sonicforge ctl`: one question to a station's control socket, its answer in plain words or as JSON."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dsp.block import SAMPLE_RATE
from server.control_socket import ControlSocketError, converse
from sonicforge.config import load
from sonicforge.folders import Folders

USAGE = """what to do, one of:
  status                         what airs, what comes next, how it sounds
  skip                           end what airs by a segue to the next
  tracks [WORDS]                 what may be cued, found by words
  queue [list]                   what is queued
  queue add TRACK [INDEX]        queue a track; INDEX 0 is next
  queue remove ENTRY             take an entry out
  queue reorder ENTRY ENTRY ...  give the queue this order
  veto TRACK                     never air a track again
  stop | start                   leave the programme for the bed, and return
  mastering                      how the sound is mastered, and what presets there are
  mastering PRESET [KEY=NUMBER ...]
                                 choose a preset and change settings of it: mastering loud servo.target_lufs=-15
  mastering set KEY=NUMBER ...   change settings of what is set now; true and false are values too
  mastering insert in|out        let the sound through your plug-ins, or past them"""


def run(words: Sequence[str], station: str, config: Path | None, as_json: bool) -> int:
    """0 if it was done, 1 if it was refused or nobody answers, 2 if it was not understood."""
    settings = load(config)
    request = _request(list(words))
    if request is None:
        print(f"sonicforge ctl: {USAGE}", file=sys.stderr)
        return 2
    folders = Folders(settings.state.folder.expanduser().resolve())
    try:
        answer = converse(folders.control(station), request)
    except ControlSocketError as error:
        print(f"sonicforge ctl: {error}", file=sys.stderr)
        return 1
    if as_json:
        print(json.dumps(answer, ensure_ascii=False))
    elif not answer["ok"]:
        print(f"sonicforge ctl: {answer['error']}", file=sys.stderr)
    else:
        print("\n".join(_lines(answer)))
    return 0 if answer["ok"] else 1


def _request(words: list[str]) -> dict[str, Any] | None:
    """The control socket's form of what was typed; None if it was not understood."""
    match words:
        case ["status" | "skip" | "stop" | "start" | "queue"] | ["queue", "list"]:
            return {"do": words[0]}
        case ["tracks", *find]:
            return {"do": "tracks", "find": " ".join(find)}
        case ["queue", "add", track]:
            return {"do": "add", "track_id": track}
        case ["queue", "add", track, index] if index.isdigit():
            return {"do": "add", "track_id": track, "index": int(index)}
        case ["queue", "remove", entry]:
            return {"do": "remove", "entry_id": entry}
        case ["queue", "reorder", *entries] if entries:
            return {"do": "reorder", "entry_ids": entries}
        case ["mastering"]:
            return {"do": "mastering"}
        case ["mastering", "insert", "in" | "out" as way]:
            return {"do": "master", "insert": way == "in"}
        case ["mastering", "set", *settings] if settings and (changes := _changes(settings)) is not None:
            return {"do": "master", "changes": changes}
        case ["mastering", preset, *settings] if preset not in ("set", "insert") and (changes := _changes(settings)) is not None:
            return {"do": "master", "preset": preset, "changes": changes}
        case ["veto", track]:
            return {"do": "veto", "track_id": track}
    return None


def _changes(words: list[str]) -> dict[str, Any] | None:
    """`limiter.ceiling_dbtp=-2` and the like as a preset's TOML would have them; None if one of them was not understood."""
    changes: dict[str, Any] = {}
    for word in words:
        path, found, text = word.partition("=")
        *stages, name = path.split(".")
        value = {"true": True, "false": False}.get(text) if text in ("true", "false") else _number(text)
        if not (found and name) or value is None:
            return None
        table = changes
        for stage in stages:
            table = table.setdefault(stage, {})
            if not isinstance(table, dict):  # servo=1 servo.bypass=true
                return None
        table[name] = value
    return changes


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _lines(answer: dict[str, Any]) -> list[str]:
    """The answer for people."""
    if "airing" in answer:
        return _status(answer)
    if "queue" in answer:
        return _queue(answer)
    if "presets" in answer:
        return _mastering(answer)
    if "tracks" in answer:
        lines = [f"{track['id']}  {_name(track)}  {_minutes(track['frames'])}  [{track['source']}]" for track in answer["tracks"]]
        more = answer["found"] - len(lines)
        return (lines or ["No track is found: files in media/ and finished takes appear here."]) + (
            [f"... and {more} more"] if more else []
        )
    return [f"Done{': entry ' + answer['entry_id'] if answer['entry_id'] else ''}."]


def _status(answer: dict[str, Any]) -> list[str]:
    airing, levels, standing = answer["airing"], answer["levels"], answer["standing"]
    heard = answer["position"] - airing["started_position"] + airing["offset_frames"]
    whole = airing["ends_position"] - airing["started_position"] + airing["offset_frames"]
    length = f" of {_minutes(whole)}" if airing["ends_position"] > airing["started_position"] else ""  # nobody knows how long a DJ stays
    level = ("programme", "bed", "emergency loop")[standing["fallback_level"]]
    return [
        f"On air    {_name(airing['entry']['track'])}  {_minutes(max(0, heard))}{length}  [{airing['entry']['reason']}]",
        *_coming(answer["upcoming"]),
        *([f"Segue     {answer['segue']['why']}"] if answer.get("segue") else []),
        f"Level     {level}{' (stopped)' if answer['stopped'] else ''}, {standing['buffer_seconds']:.0f} s cued behind it",
        (
            f"Sound     {levels['short_term_lufs']:.1f} LUFS short, {levels['integrated_lufs']:.1f} LUFS integrated,"
            f" {levels['true_peak_dbtp']:.1f} dBTP, limiter {levels['gain_reduction_db']:.1f} dB, preset {levels['preset']}"
        ),
        (
            f"Trouble   dead air {standing['dead_air_seconds_total']:.1f} s, late ticks {standing['late_ticks_total']},"
            f" fallbacks {sum(standing['fallbacks_total'].values())}"
        ),
        f"Clock     position {answer['position']}, sitting {answer['sitting']}",
    ]


def _queue(answer: dict[str, Any]) -> list[str]:
    cued = [answer["cued"]] if answer["cued"] else []
    nothing = f"Nothing {'else ' if cued else ''}is queued: the rundown chooses."
    return _coming(cued + answer["queue"]) + ([] if answer["queue"] else [nothing])


def _coming(entries: Sequence[dict[str, Any]]) -> list[str]:
    return [f"{'Next' if number == 0 else '':<9} {_entry(entry)}" for number, entry in enumerate(entries)]


def _mastering(answer: dict[str, Any]) -> list[str]:
    insert = answer["insert"]
    words = {"off": "no plug-ins", "in": "heard", "dry": "passed by", "loading": "loading", "waiting": "out, they will be started again"}
    return [
        f"Preset    {answer['preset']}{' (changed)' if answer['changed'] else ''}",
        *(f"{'Presets' if number == 0 else '':<9} {name}: {why}" for number, (name, why) in enumerate(answer["presets"].items())),
        f"Insert    {', '.join([words[insert['state']], *insert['plug_ins']])}{': ' + insert['reason'] if insert['reason'] else ''}",
        *(f"{'Settings' if number == 0 else '':<9} {line}" for number, line in enumerate(_settings(answer["settings"]))),
    ]


def _settings(table: dict[str, Any], path: str = "") -> list[str]:
    """`limiter.ceiling_dbtp=-1`, one a line, as `mastering set` takes them."""
    lines: list[str] = []
    for name, value in table.items():
        if isinstance(value, dict):
            lines += _settings(value, f"{path}{name}.")
        else:
            lines.append(f"{path}{name}={str(value).lower() if isinstance(value, bool) else f'{value:g}'}")
    return lines


def _entry(entry: dict[str, Any]) -> str:
    return f"{entry['id']}  {_name(entry['track'])}  {_minutes(entry['track']['frames'])}  [{entry['reason']}]"


def _name(track: dict[str, Any]) -> str:
    return " - ".join(filter(None, (track["artist"], track["title"])))


def _minutes(frames: int) -> str:
    minutes, seconds = divmod(frames // SAMPLE_RATE, 60)
    return f"{minutes}:{seconds:02}"
