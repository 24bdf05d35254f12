"""Ogg Opus as FFmpeg hears it: one stream, or one a title, without a frame lost at the seam."""

import io
import struct

import av
import numpy as np

from server.icy.opus import PREROLL_PACKETS, Chained, OneStream, opus_tags, with_pre_skip
from tests.server.encoded import encoded


def pages(data: bytes) -> list[tuple[int, int, int, int]]:
    """(flags, granule, serial, number) of every page."""
    found, at = [], 0
    while at < len(data):
        assert data[at : at + 4] == b"OggS"
        flags, granule, serial, number = struct.unpack_from("<BQII", data, at + 5)
        found.append((flags, granule, serial, number))
        segments = data[at + 26]
        at += 27 + segments + sum(data[at + 27 : at + 27 + segments])
    return found


def decoded(data: bytes) -> np.ndarray:
    """float32 [2, frames]."""
    with av.open(io.BytesIO(data), format="ogg") as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)


def test_one_stream_stays_one() -> None:
    rendition, packets = encoded("opus", 4.0)
    stream = OneStream(rendition.header, 960, {"TITLE": "Radio"})
    chunks = [stream.frame(start * 960, list(packets[start : start + 16])) for start in range(0, len(packets) - 15, 16)]
    body = chunks[0].head + b"".join(chunk.data for chunk in chunks)
    found = pages(body)
    assert {serial for _, _, serial, _ in found} == {1}
    assert [number for *_, number in found] == list(range(len(found)))
    assert [flags for flags, *_ in found] == [2] + [0] * (len(found) - 1)
    assert [granule for _, granule, *_ in found[2:]] == [15_360 * (n + 1) for n in range(len(chunks))]
    assert decoded(body).shape[1] == len(chunks) * 15_360 - 312


def test_one_who_comes_late_hears_the_rest() -> None:
    rendition, packets = encoded("opus", 4.0)
    stream = OneStream(rendition.header, 960, {})
    chunks = [stream.frame(start * 960, list(packets[start : start + 16])) for start in range(0, len(packets) - 15, 16)]
    sound = decoded(chunks[5].head + b"".join(chunk.data for chunk in chunks[5:]))
    assert abs(sound.shape[1] - (len(chunks) - 5) * 15_360) <= 960
    assert np.sqrt(np.mean(sound[0, 4_800:] ** 2)) > 0.1


def test_a_title_begins_a_new_stream_at_its_packet_and_loses_no_frame() -> None:
    rendition, packets = encoded("opus", 4.0)
    change = 60 * 960 - 100  # the first packet at or after it is number 60, in the middle of a page

    def comments(position: int) -> dict[str, str]:
        return {"TITLE": "Second" if position >= change else "First", "ARTIST": "A"}

    stream = Chained(rendition.header, 960, comments)
    chunks = [stream.frame(start * 960, list(packets[start : start + 16])) for start in range(0, len(packets) - 15, 16)]
    body = b"".join(chunk.data for chunk in chunks)
    found = pages(body)
    begins = [index for index, (flags, *_) in enumerate(found) if flags & 2]
    assert len(begins) == 2
    assert found[begins[1] - 1][0] == 4
    assert found[begins[1] - 1][1] == 60 * 960
    assert len({serial for _, _, serial, _ in found}) == 2
    second = body.index(b"OpusHead", 100)
    assert struct.unpack_from("<H", body, second + 10)[0] == PREROLL_PACKETS * 960
    assert body.count(b"TITLE=First") == body.count(b"TITLE=Second") == 1
    heard = sum(granule for _, granule, *_ in (found[begins[1] - 1], found[-1])) - 312 - PREROLL_PACKETS * 960
    assert heard == len(chunks) * 15_360 - 312


def test_the_seam_is_the_sound_itself() -> None:
    """What the two links decode to, put together, is what one link decodes to."""
    rendition, packets = encoded("opus", 4.0)
    whole = OneStream(rendition.header, 960, {})
    reference = decoded(whole.head + whole.frame(0, list(packets[:64])).data + whole.frame(0, list(packets[64:128])).data)
    stream = Chained(rendition.header, 960, lambda position: {"TITLE": "b" if position >= 64 * 960 else "a"})
    first, second = stream.frame(0, list(packets[:64])).data, stream.frame(64 * 960, list(packets[64:128])).data
    end_of_first = len(second) - len(second[second.index(b"OggS", 4) :])
    heard = np.concatenate([decoded(first + second[:end_of_first]), decoded(second[end_of_first:])], axis=1)
    assert heard.shape == reference.shape
    assert np.abs(heard - reference).max() < 0.05  # a decoder that begins afresh is not yet quite the old one
    assert np.sqrt(np.mean((heard - reference) ** 2)) < 0.002


def test_tags_and_heads() -> None:
    assert opus_tags({"TITLE": "Ä", "ARTIST": ""}) == b"OpusTags\x0a\0\0\0SonicForge\x01\0\0\0\x08\0\0\0TITLE=\xc3\x84"
    assert with_pre_skip(b"OpusHead\x01\x02\x38\x01rest", 3_840) == b"OpusHead\x01\x02\x00\x0frest"
