"""Reads HLS playlists as a strict player does and holds them to the rules of RFC 8216bis. Knows nothing of the server."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise

ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^,"\s]+)(?:,|$)')


@dataclass(frozen=True)
class Part:
    uri: str
    seconds: float


@dataclass(frozen=True)
class Segment:
    number: int
    discontinuity: int
    starts: datetime | None
    uri: str | None
    """None: it is growing."""
    seconds: float
    parts: tuple[Part, ...]
    init: str | None


@dataclass(frozen=True)
class Playlist:
    target: int
    part_target: float
    control: dict[str, str]
    first: int
    discontinuity: int
    segments: tuple[Segment, ...]
    """The growing one last, if it has parts."""
    skipped: int
    hint: str | None
    reports: dict[str, tuple[int, int]]
    ranges: dict[str, dict[str, str]]

    @property
    def whole(self) -> list[Segment]:
        return [segment for segment in self.segments if segment.uri]

    @property
    def last_part(self) -> tuple[int, int]:
        last = self.segments[-1]
        return last.number, len(last.parts) - 1

    @property
    def ends(self) -> datetime:
        last = self.segments[-1]
        assert last.starts
        return datetime.fromtimestamp(
            last.starts.timestamp() + (last.seconds or sum(part.seconds for part in last.parts)), last.starts.tzinfo
        )


def attributes(text: str) -> dict[str, str]:
    found = ATTRIBUTE.findall(text)
    assert sum(len(name) + len(value) + 2 for name, value in found) - 1 == len(text), f"broken attribute list: {text}"
    assert len({name for name, _ in found}) == len(found), f"an attribute stands twice: {text}"
    return {name: value.strip('"') for name, value in found}


@dataclass
class _Reading:
    """What has been read of a playlist, and of the segment under way."""

    tags: dict[str, str] = field(default_factory=dict)
    skipped: int = 0
    hint: str | None = None
    reports: dict[str, tuple[int, int]] = field(default_factory=dict)
    ranges: dict[str, dict[str, str]] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)
    number: int = 0
    discontinuity: int = 0
    init: str | None = None
    starts: datetime | None = None
    seconds: float = 0.0
    parts: list[Part] = field(default_factory=list)

    def close_segment(self, uri: str | None) -> None:
        assert uri is None or self.seconds, "EXTINF comes before each segment"
        self.segments.append(Segment(self.number, self.discontinuity, self.starts, uri, self.seconds, tuple(self.parts), self.init))
        self.number += 1
        self.starts, self.seconds, self.parts = None, 0.0, []

    def tag_of_segment(self, name: str, value: str) -> bool:
        """Takes a tag that belongs to a segment; False: it is none."""
        if name == "#EXT-X-MAP":
            self.init = attributes(value)["URI"]
        elif name == "#EXT-X-DISCONTINUITY":
            assert not self.parts
            self.discontinuity += 1
        elif name == "#EXT-X-PROGRAM-DATE-TIME":
            assert not self.parts
            self.starts = datetime.fromisoformat(value.replace("Z", "+00:00"))
        elif name == "#EXT-X-PART":
            part = attributes(value)
            assert part["INDEPENDENT"] == "YES"
            self.parts.append(Part(part["URI"], float(part["DURATION"])))
        elif name == "#EXTINF":
            self.seconds = float(value.removesuffix(","))
        else:
            return False
        return True

    def tag_of_playlist(self, name: str, value: str) -> None:
        if name == "#EXT-X-SKIP":
            self.skipped = int(attributes(value)["SKIPPED-SEGMENTS"])
            assert not self.segments
            assert self.skipped > 0
            self.number += self.skipped
        elif name == "#EXT-X-PRELOAD-HINT":
            assert self.hint is None, "one hint a type"
            assert attributes(value)["TYPE"] == "PART"
            self.hint = attributes(value)["URI"]
        elif name == "#EXT-X-RENDITION-REPORT":
            report = attributes(value)
            self.reports[report["URI"]] = int(report["LAST-MSN"]), int(report["LAST-PART"])
        elif name == "#EXT-X-DATERANGE":
            date_range = attributes(value)
            assert date_range["ID"] not in self.ranges
            self.ranges[date_range["ID"]] = date_range
        else:
            assert name not in self.tags, f"{name} stands twice"
            assert not self.segments, f"{name} comes too late"
            self.tags[name] = value


def read(text: str) -> Playlist:
    """Parses a media playlist and checks all that one playlist alone must hold."""
    lines = text.split("\n")
    assert lines[0] == "#EXTM3U"
    assert lines.pop() == "", "the last line ends too"
    assert "\r" not in text
    reading = _Reading()
    for line in lines[1:]:
        name, _, value = line.partition(":")
        if not line.startswith("#"):
            assert line, "no empty lines"
            reading.close_segment(line)
        elif not reading.tag_of_segment(name, value):
            reading.tag_of_playlist(name, value)
            reading.number = int(value) if name == "#EXT-X-MEDIA-SEQUENCE" else reading.number
            reading.discontinuity = int(value) if name == "#EXT-X-DISCONTINUITY-SEQUENCE" else reading.discontinuity
    if reading.parts:
        reading.close_segment(None)
    tags = reading.tags
    assert int(tags["#EXT-X-VERSION"]) >= 9
    playlist = Playlist(
        int(tags["#EXT-X-TARGETDURATION"]),
        float(attributes(tags["#EXT-X-PART-INF"])["PART-TARGET"]),
        attributes(tags["#EXT-X-SERVER-CONTROL"]),
        int(tags["#EXT-X-MEDIA-SEQUENCE"]),
        int(tags["#EXT-X-DISCONTINUITY-SEQUENCE"]),
        tuple(reading.segments),
        reading.skipped,
        reading.hint,
        reading.reports,
        reading.ranges,
    )
    _check(playlist)
    return playlist


def _check(playlist: Playlist) -> None:
    assert playlist.segments
    for segment in playlist.segments:
        assert segment.starts, "PROGRAM-DATE-TIME on each segment"
        assert playlist.skipped or segment.init, "MAP before the first segment"
        if segment.uri:
            assert round(segment.seconds) <= playlist.target
        for part in segment.parts:
            assert part.seconds <= playlist.part_target + 1e-9
            assert part.seconds >= 0.85 * playlist.part_target
        if segment.parts and segment.uri:
            assert abs(sum(part.seconds for part in segment.parts) - segment.seconds) < 1e-6
    for before, after in pairwise(playlist.segments):
        assert before.starts
        assert after.starts
        assert abs((after.starts - before.starts).total_seconds() - before.seconds) < 0.0011, "the time line has no hole"
    control = playlist.control
    assert control["CAN-BLOCK-RELOAD"] == "YES"
    assert float(control["PART-HOLD-BACK"]) >= 3 * playlist.part_target
    assert float(control["HOLD-BACK"]) >= 3 * playlist.target
    assert float(control["CAN-SKIP-UNTIL"]) >= 6 * playlist.target
    assert playlist.hint
    uris = [segment.uri for segment in playlist.whole] + [part.uri for segment in playlist.segments for part in segment.parts]
    assert len(set(uris)) == len(uris)
    assert playlist.hint not in uris
    for date_range in playlist.ranges.values():
        start = datetime.fromisoformat(date_range["START-DATE"].replace("Z", "+00:00"))
        assert start <= playlist.ends
        if "END-DATE" in date_range:
            end = datetime.fromisoformat(date_range["END-DATE"].replace("Z", "+00:00"))
            assert abs((end - start).total_seconds() - float(date_range["DURATION"])) < 0.0011


class Follower:
    """Follows one media playlist as a player that reloads it, whole or by delta updates."""

    def __init__(self) -> None:
        self.now: Playlist | None = None
        self._segments: dict[int, Segment] = {}
        self._ranges: dict[str, dict[str, str]] = {}
        self._hints: set[str] = set()

    def reload(self, text: str) -> Playlist:
        """Takes the next state, checks that it may follow the last, and returns it whole."""
        playlist = read(text)
        before = self.now
        if before:
            assert playlist.first >= before.first, "MEDIA-SEQUENCE never goes back"
            assert playlist.last_part >= before.last_part
            assert playlist.first <= before.whole[-1].number + 1, "no segment went by unseen"
        if playlist.skipped:
            old = range(playlist.first, playlist.first + playlist.skipped)
            assert all(number in self._segments for number in old), "a delta skips only what the player has"
            init = self._segments[old[-1]].init
            fresh = tuple(replace(segment, init=segment.init or init) for segment in playlist.segments)
            passed = self._segments[old[-1]].discontinuity - playlist.discontinuity
            fresh = tuple(replace(segment, discontinuity=segment.discontinuity + passed) for segment in fresh)
            playlist = replace(playlist, segments=tuple(replace(self._segments[number], parts=()) for number in old) + fresh, skipped=0)
        for segment in playlist.whole:
            known = self._segments.setdefault(segment.number, segment)
            assert (known.uri, known.starts, known.seconds, known.discontinuity) == (
                segment.uri,
                segment.starts,
                segment.seconds,
                segment.discontinuity,
            ), "what was listed once stays as it is"
        for name, date_range in playlist.ranges.items():
            known_range = self._ranges.setdefault(name, date_range)
            assert {**date_range, **known_range} == date_range, "a range is only added to"
            self._ranges[name] = date_range
        listed = {part.uri for segment in playlist.segments for part in segment.parts}
        if before and before.hint and playlist.last_part > before.last_part:
            assert before.hint in listed, "what was hinted came"
        self.now = playlist
        return playlist


def read_master(text: str) -> list[dict[str, str]]:
    """The variants in order, each with its URI."""
    lines = text.split("\n")
    assert lines[0] == "#EXTM3U"
    variants = []
    for line, following in pairwise(lines):
        if line.startswith("#EXT-X-STREAM-INF:"):
            variant = attributes(line.partition(":")[2])
            assert variant["CODECS"] == "mp4a.40.2"
            assert 0 < int(variant["AVERAGE-BANDWIDTH"]) <= int(variant["BANDWIDTH"])
            variants.append({**variant, "URI": following})
    return variants


def boxes(data: bytes) -> dict[str, list[bytes]]:
    """All boxes by their kind, containers opened."""
    found: dict[str, list[bytes]] = {}
    at = 0
    while at < len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8].decode("latin-1")
        assert 8 <= size <= len(data) - at, f"box {kind!r} of {size} bytes"
        content = data[at + 8 : at + size]
        found.setdefault(kind, []).append(content)
        if kind in {"moov", "trak", "mdia", "minf", "stbl", "dinf", "mvex", "moof", "traf"}:
            for inner, contents in boxes(content).items():
                found.setdefault(inner, []).extend(contents)
        at += size
    return found


def decode_times(data: bytes) -> list[tuple[int, int]]:
    """Of each fragment: its decode time and how many frames it lasts (AAC, 1024 a sample)."""
    parsed = boxes(data)
    times = [int.from_bytes(content[4:12], "big") for content in parsed["tfdt"]]
    samples = [int.from_bytes(content[4:8], "big") for content in parsed["trun"]]
    return [(time, count * 1024) for time, count in zip(times, samples, strict=True)]
