"""Renders HLS playlists (draft-pantos-hls-rfc8216bis, version 9): values in, text out, nothing else.

All numbers follow from the station's clock: segment n begins at `n * 184320` and is MEDIA-SEQUENCE n for ever, the sitting is the
discontinuity sequence, PROGRAM-DATE-TIME is the epoch plus the position. A player that comes back after a restart finds the line going on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from dsp.block import SAMPLE_RATE
from server.clock import PART_FRAMES, SEGMENT_FRAMES
from server.hls.date_ranges import DateRange
from server.hls.segmenter import PARTS_A_SEGMENT

TARGET_DURATION: Final = 4
PART_SECONDS: Final = PART_FRAMES / SAMPLE_RATE
SEGMENT_SECONDS: Final = SEGMENT_FRAMES / SAMPLE_RATE
PART_HOLD_BACK_SECONDS: Final = 3.5 * PART_SECONDS
"""At least three parts are asked for; the half more carries a player without HTTP/2 over one late request."""
HOLD_BACK_SECONDS: Final = 3 * TARGET_DURATION
SKIP_UNTIL_SECONDS: Final = 6 * TARGET_DURATION
PARTS_LISTED_SECONDS: Final = 3 * TARGET_DURATION
_SEGMENT_MILLISECONDS: Final = SEGMENT_FRAMES * 1000 // SAMPLE_RATE
_CODECS: Final = "mp4a.40.2"
_SERVER_CONTROL: Final = (
    f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL={SKIP_UNTIL_SECONDS:.1f},"
    f"HOLD-BACK={HOLD_BACK_SECONDS:.1f},PART-HOLD-BACK={PART_HOLD_BACK_SECONDS:.3f}"
)


@dataclass(frozen=True, slots=True)
class Listing:
    """What every rung's playlist says at one moment: the rungs are aligned, so it is the same for all."""

    epoch_milliseconds: int
    tag: str
    """Part of every name, so that none is used again by another epoch."""
    first: int
    """Number of the first listed segment."""
    edge: int
    """Number of the part that comes next: all before it are there."""
    sittings: tuple[int, ...]
    """Of each listed segment, the one that is growing included."""
    ranges: tuple[DateRange, ...]

    @property
    def growing(self) -> int:
        """The segment whose parts are coming."""
        return self.edge // PARTS_A_SEGMENT


@dataclass(frozen=True, slots=True)
class Variant:
    """One rung in the master playlist."""

    name: str
    nominal_bits: int
    peak_bits: int
    """Measured; 0: not yet."""
    average_bits: int

    @property
    def bandwidth(self) -> int:
        """The measured peak, within 5 to 25 % above nominal so that the ladder stands from the first second and never tangles."""
        low, high = self.nominal_bits * 105 // 100, self.nominal_bits * 125 // 100
        return -(-min(high, max(low, self.peak_bits)) // 1000) * 1000

    @property
    def average_bandwidth(self) -> int:
        """The measured average, never above the peak."""
        return min(self.bandwidth, self.average_bits or self.nominal_bits * 103 // 100)


def part_uri(tag: str, rendition: str, number: int) -> str:
    """Where a part is, relative to its playlist."""
    return f"{tag}/{rendition}/{number // PARTS_A_SEGMENT}.{number % PARTS_A_SEGMENT}.m4s"


def segment_uri(tag: str, rendition: str, number: int) -> str:
    """Where a segment is, relative to its playlist."""
    return f"{tag}/{rendition}/{number}.m4s"


def master_playlist(variants: Iterable[Variant]) -> str:
    """The ladder. 128 kbit/s comes first: a player begins there, which starts fast on a poor line and sounds well on any."""
    ordered = sorted(variants, key=lambda variant: (variant.nominal_bits != 128_000, variant.nominal_bits))
    lines = ["#EXTM3U", "#EXT-X-VERSION:9", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for variant in ordered:
        bandwidths = f"BANDWIDTH={variant.bandwidth},AVERAGE-BANDWIDTH={variant.average_bandwidth}"
        lines += [f'#EXT-X-STREAM-INF:{bandwidths},CODECS="{_CODECS}"', f"{variant.name}.m3u8"]
    return "\n".join(lines) + "\n"


def skippable(listing: Listing) -> int:
    """How many segments a delta update leaves out: those that end further back than the skip boundary."""
    boundary = listing.edge * PART_FRAMES - SKIP_UNTIL_SECONDS * SAMPLE_RATE
    return max(0, boundary // SEGMENT_FRAMES - listing.first)


def media_playlist(listing: Listing, rendition: str, init_uri: str, others: Sequence[str], *, delta: bool = False) -> str:
    """One rung. `others` are the names of the rungs beside it. A delta update that would leave nothing out is the whole playlist."""
    skipped = skippable(listing) if delta else 0
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:9",
        f"#EXT-X-TARGETDURATION:{TARGET_DURATION}",
        _SERVER_CONTROL,
        f"#EXT-X-PART-INF:PART-TARGET={PART_SECONDS:.5f}",
        f"#EXT-X-MEDIA-SEQUENCE:{listing.first}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{listing.sittings[0]}",
    ]
    lines += [_date_range(listing.epoch_milliseconds, date_range) for date_range in listing.ranges]
    lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}" if skipped else f'#EXT-X-MAP:URI="{init_uri}"')
    for number in range(listing.first + skipped, listing.growing + 1):
        lines += _segment(listing, rendition, number)
    lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{part_uri(listing.tag, rendition, listing.edge)}"')
    last_segment, last_part = divmod(listing.edge - 1, PARTS_A_SEGMENT)
    lines += [f'#EXT-X-RENDITION-REPORT:URI="{other}.m3u8",LAST-MSN={last_segment},LAST-PART={last_part}' for other in others]
    return "\n".join(lines) + "\n"


def _segment(listing: Listing, rendition: str, number: int) -> list[str]:
    """The lines of one segment, or of the parts of the growing one, if there are any."""
    begin, end = number * PARTS_A_SEGMENT, min((number + 1) * PARTS_A_SEGMENT, listing.edge)
    if begin == end:
        return []
    index = number - listing.first
    lines = ["#EXT-X-DISCONTINUITY"] * (listing.sittings[index] - listing.sittings[index - 1] if index else 0)
    lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_iso(listing.epoch_milliseconds + number * _SEGMENT_MILLISECONDS)}")
    if (listing.edge - end) * PART_SECONDS < PARTS_LISTED_SECONDS:
        lines += [
            f'#EXT-X-PART:DURATION={PART_SECONDS:.5f},URI="{part_uri(listing.tag, rendition, part)}",INDEPENDENT=YES'
            for part in range(begin, end)
        ]
    if number < listing.growing:
        lines += [f"#EXTINF:{SEGMENT_SECONDS:.5f},", segment_uri(listing.tag, rendition, number)]
    return lines


def _date_range(epoch_milliseconds: int, date_range: DateRange) -> str:
    start = epoch_milliseconds + date_range.start * 1000 // SAMPLE_RATE
    attributes = [f'ID="{_quoted(date_range.id)}"', 'CLASS="org.sonicforge.nowplaying"', f'START-DATE="{_iso(start)}"']
    if date_range.end is not None:
        end = epoch_milliseconds + date_range.end * 1000 // SAMPLE_RATE
        attributes += [f'END-DATE="{_iso(end)}"', f"DURATION={(end - start) / 1000:.3f}"]
    attributes += [f'X-TITLE="{_quoted(date_range.title)}"', f'X-ARTIST="{_quoted(date_range.artist)}"']
    return "#EXT-X-DATERANGE:" + ",".join(attributes)


def _quoted(text: str) -> str:
    """`text` as a quoted-string may hold it: no quotation marks, no control characters, no line ends of any alphabet."""
    return "".join(" " if not character.isprintable() else character for character in text.replace('"', "'"))


def _iso(milliseconds: int) -> str:
    """UNIX milliseconds as PROGRAM-DATE-TIME writes them."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"
