"""FLV: how sound, pictures and metadata are written into tags, which RTMP carries. Sources: Adobe, FLV 10.1, annex E; ISO/IEC 14496-15.

H.264 comes as Annex B (start codes) and leaves length-prefixed; AAC comes and leaves as raw access units. No B-frames: what is shown and
what is decoded have the same times.
"""

from typing import Final

from server.rtmp.amf0 import Value, ecma_array, encode
from server.rtmp.media import PictureForm
from server.wire.wire import Rendition

_AVC: Final = 7
_AAC: Final = 10
_KEYFRAME, _INTER = 0x10, 0x20
_HEADER, _CONTENT = b"\0", b"\1"
_NO_OFFSET: Final = b"\0\0\0"
_AAC_44_16_STEREO: Final = 0xAF
"""What FLV wants before all AAC, whatever its rate: the configuration says the true one."""
_SPS, _PPS, _DELIMITER = 7, 8, 9
_START: Final = b"\0\0\1"


class UnfitMedia(ValueError):
    """What an encoder said of itself cannot be published."""


def nal_units(annex_b: bytes) -> list[bytes]:
    """The NAL units between the start codes of three or four bytes, in order."""
    units = []
    begin = annex_b.find(_START)
    while begin >= 0:
        end = annex_b.find(_START, begin + 3)
        unit = annex_b[begin + 3 : end if end >= 0 else None].rstrip(b"\0")
        if unit:
            units.append(unit)
        begin = end
    return units


def picture_header(extradata: bytes) -> bytes:
    """AVCDecoderConfigurationRecord of the parameter sets (ISO/IEC 14496-15, 5.3.3.1). Raises UnfitMedia."""
    units = nal_units(extradata)
    sps = [unit for unit in units if unit[0] & 31 == _SPS]
    pps = [unit for unit in units if unit[0] & 31 == _PPS]
    if not sps or not pps or len(sps[0]) < 4:
        raise UnfitMedia("the picture encoder gave no parameter sets")
    record = bytes([1, *sps[0][1:4], 0xFF, 0xE0 | len(sps)])
    record += b"".join(len(unit).to_bytes(2, "big") + unit for unit in sps)
    record += bytes([len(pps)]) + b"".join(len(unit).to_bytes(2, "big") + unit for unit in pps)
    return bytes([_KEYFRAME | _AVC]) + _HEADER + _NO_OFFSET + record


def picture(annex_b: bytes, keyframe: bool) -> bytes:
    """One picture. Parameter sets and delimiters stay behind: the header has the ones, the tag is the other."""
    units = (unit for unit in nal_units(annex_b) if unit[0] & 31 not in (_SPS, _PPS, _DELIMITER))
    content = b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)
    return bytes([(_KEYFRAME if keyframe else _INTER) | _AVC]) + _CONTENT + _NO_OFFSET + content


def sound_header(configuration: bytes) -> bytes:
    """AudioSpecificConfig: the rendition's header. Raises UnfitMedia."""
    if len(configuration) < 2:
        raise UnfitMedia("the sound encoder gave no configuration")
    return bytes([_AAC_44_16_STEREO]) + _HEADER + configuration


def sound(packet: bytes) -> bytes:
    """One raw AAC access unit."""
    return bytes([_AAC_44_16_STEREO]) + _CONTENT + packet


def metadata(form: PictureForm, rendition: Rendition, title: str, artist: str) -> bytes:
    """onMetaData: everything, each time, since some servers keep the last one only."""
    values: dict[str, Value] = {
        "duration": 0.0,
        "width": float(form.width),
        "height": float(form.height),
        "framerate": float(form.pictures_a_second),
        "videocodecid": float(_AVC),
        "videodatarate": form.bitrate / 1000,
        "audiocodecid": float(_AAC),
        "audiodatarate": rendition.bitrate / 1000,
        "audiosamplerate": 48_000.0,
        "audiosamplesize": 16.0,
        "stereo": True,
        "encoder": "SonicForge",
        "title": title,
        "artist": artist,
    }
    return encode("onMetaData") + ecma_array(values)
