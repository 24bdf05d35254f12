"""RTP and RTCP as bytes (RFC 3550): the header of a packet, what a sender reports, what a listener reports of his losses.

It knows no socket and no key. A time stamp is a position of the station's clock modulo 2^32, so whoever reads one knows what he hears.
"""

import struct
from dataclasses import dataclass
from typing import Final

HEADER_BYTES: Final = 12
SEQUENCES: Final = 1 << 16
_TIMES: Final = 1 << 32
_VERSION: Final = 0x80
_MARKER: Final = 0x80
_SENDER_REPORT: Final = 200
_RECEIVER_REPORT: Final = 201
_DESCRIPTION: Final = 202
_GOODBYE: Final = 203
_CNAME: Final = 1
_NTP_OF_UNIX_EPOCH: Final = 2_208_988_800
_BLOCK_BYTES: Final = 24

_header = struct.Struct("!BBHII").pack
_report = struct.Struct("!BBHIIIIII").pack
_short = struct.Struct("!BBHI").pack


def rtp_packet(payload_type: int, marker: bool, sequence: int, position: int, ssrc: int, payload: bytes) -> bytes:
    """One packet of sound. `sequence` and `position` are taken modulo what their fields hold."""
    second = payload_type | _MARKER if marker else payload_type
    return _header(_VERSION, second, sequence % SEQUENCES, position % _TIMES, ssrc) + payload


def sender_report(ssrc: int, unix_seconds: float, position: int, packets: int, octets: int) -> bytes:
    """What the sender says of himself (RFC 3550, 6.4.1): `position` was on air at `unix_seconds`; so much was sent until now."""
    ntp = ntp_time(unix_seconds)
    return _report(_VERSION, _SENDER_REPORT, 6, ssrc, ntp >> 32, ntp % _TIMES, position % _TIMES, packets % _TIMES, octets % _TIMES)


def source_description(ssrc: int, name: str) -> bytes:
    """Who the sender is (RFC 3550, 6.5): his canonical name."""
    item = bytes((_CNAME, len(name))) + name.encode()
    item += bytes(4 - len(item) % 4)
    return _short(_VERSION | 1, _DESCRIPTION, 1 + len(item) // 4, ssrc) + item


def goodbye(ssrc: int) -> bytes:
    """The sender leaves (RFC 3550, 6.6), behind the report with which every compound packet begins."""
    return _short(_VERSION, _RECEIVER_REPORT, 1, ssrc) + _short(_VERSION | 1, _GOODBYE, 1, ssrc)


def ntp_time(unix_seconds: float) -> int:
    """UNIX time as 64 bits of NTP: 32.32 seconds since 1900."""
    return int((unix_seconds + _NTP_OF_UNIX_EPOCH) * _TIMES)


@dataclass(frozen=True, slots=True)
class Losses:
    """What a listener says he has not got."""

    share: float
    """Since his last report."""
    packets: int
    """Since the beginning; packets that came twice can make it negative."""


def losses(compound: bytes, ssrc: int) -> Losses | None:
    """What a compound RTCP packet says of the losses from `ssrc`, if anything. Whatever the bytes are, nothing is raised."""
    begin = 0
    while begin + 8 <= len(compound):
        first, kind, words = struct.unpack_from("!BBH", compound, begin)
        end = min(begin + 4 * (words + 1), len(compound))
        heads = {_SENDER_REPORT: 28, _RECEIVER_REPORT: 8}
        if kind in heads:
            for block in range(begin + heads[kind], end - _BLOCK_BYTES + 1, _BLOCK_BYTES)[: first & 0x1F]:
                about, lost = struct.unpack_from("!II", compound, block)
                if about == ssrc:
                    packets = lost & 0xFFFFFF
                    return Losses((lost >> 24) / 256, packets - (1 << 24) if packets & 0x800000 else packets)
        begin += 4 * (words + 1)
    return None
