"""ISO base media boxes for AAC in fragmented MP4 (ISO/IEC 14496-12 and -14, CMAF): the init segment and the fragment.

Pure bytes: no clock, no state. The time scale is the sample rate, so a decode time is a position of the station's clock; 64 bits of it
last for twelve million years.
"""

from collections.abc import Sequence
from struct import pack
from typing import Final

from dsp.block import CHANNELS, SAMPLE_RATE
from server.wire.wire import Rendition

_UNITY_MATRIX: Final = pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_TRACK: Final = 1
_DEFAULT_BASE_IS_MOOF: Final = 0x020000
_DATA_OFFSET_AND_SIZES: Final = 0x000201
_SYNC_SAMPLE: Final = 0x02000000


def _box(kind: bytes, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return pack(">I4s", 8 + len(content), kind) + content


def _full_box(kind: bytes, version: int, flags: int, *contents: bytes) -> bytes:
    return _box(kind, pack(">I", version << 24 | flags), *contents)


def _descriptor(tag: int, content: bytes) -> bytes:
    """An MPEG-4 descriptor (ISO/IEC 14496-1, 8.3.3) with its length in four bytes."""
    length = len(content)
    return bytes((tag, 0x80 | length >> 21 & 0x7F, 0x80 | length >> 14 & 0x7F, 0x80 | length >> 7 & 0x7F, length & 0x7F)) + content


def _sample_description(rendition: Rendition) -> bytes:
    """stsd with one mp4a: AudioSpecificConfig inside esds."""
    specific = _descriptor(0x05, rendition.header)
    configuration = _descriptor(0x04, pack(">BBBHII", 0x40, 0x15, 0, 0, rendition.bitrate, rendition.bitrate) + specific)
    esds = _full_box(b"esds", 0, 0, _descriptor(0x03, pack(">HB", _TRACK, 0) + configuration + _descriptor(0x06, b"\x02")))
    mp4a = _box(b"mp4a", pack(">6xH8xHHHHI", 1, CHANNELS, 16, 0, 0, SAMPLE_RATE << 16), esds)
    return _full_box(b"stsd", 0, 0, pack(">I", 1), mp4a)


def init_segment(rendition: Rendition) -> bytes:
    """ftyp and moov of an AAC rendition: all a player needs before any fragment."""
    sample_table = _box(
        b"stbl",
        _sample_description(rendition),
        _full_box(b"stts", 0, 0, bytes(4)),
        _full_box(b"stsc", 0, 0, bytes(4)),
        _full_box(b"stsz", 0, 0, bytes(8)),
        _full_box(b"stco", 0, 0, bytes(4)),
    )
    data_here = _box(b"dinf", _full_box(b"dref", 0, 0, pack(">I", 1), _full_box(b"url ", 0, 1)))
    media_information = _box(b"minf", _full_box(b"smhd", 0, 0, bytes(4)), data_here, sample_table)
    undetermined_language = 0x55C4
    media = _box(
        b"mdia",
        _full_box(b"mdhd", 0, 0, pack(">IIIIHH", 0, 0, SAMPLE_RATE, 0, undetermined_language, 0)),
        _full_box(b"hdlr", 0, 0, pack(">I4s12x", 0, b"soun"), b"sound\0"),
        media_information,
    )
    enabled_in_movie = 7
    track_header = _full_box(
        b"tkhd", 0, enabled_in_movie, pack(">IIIII8xHHHH", 0, 0, _TRACK, 0, 0, 0, 0, 0x100, 0), _UNITY_MATRIX, bytes(8)
    )
    movie_header = _full_box(
        b"mvhd", 0, 0, pack(">IIIIIH10x", 0, 0, SAMPLE_RATE, 0, 0x10000, 0x100), _UNITY_MATRIX, bytes(24), pack(">I", _TRACK + 1)
    )
    extends = _box(b"mvex", _full_box(b"trex", 0, 0, pack(">5I", _TRACK, 1, rendition.packet_frames, 0, _SYNC_SAMPLE)))
    brands = _box(b"ftyp", b"iso6", pack(">I", 1), b"iso6cmfcmp41")
    return brands + _box(b"moov", movie_header, _box(b"trak", track_header, media), extends)


def fragment(number: int, position: int, packets: Sequence[bytes]) -> bytes:
    """moof and mdat of packets that begin at `position`; `number` (mfhd's sequence number) is taken modulo 2^32."""
    sizes = pack(f">{len(packets)}I", *map(len, packets))
    header = _full_box(b"mfhd", 0, 0, pack(">I", number & 0xFFFFFFFF))
    track_header = _full_box(b"tfhd", 0, _DEFAULT_BASE_IS_MOOF, pack(">I", _TRACK))
    decode_time = _full_box(b"tfdt", 1, 0, pack(">Q", position))

    def moof(data_offset: int) -> bytes:
        run = _full_box(b"trun", 0, _DATA_OFFSET_AND_SIZES, pack(">Ii", len(packets), data_offset), sizes)
        return _box(b"moof", header, _box(b"traf", track_header, decode_time, run))

    return moof(len(moof(0)) + 8) + _box(b"mdat", *packets)
