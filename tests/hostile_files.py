"""Files that somebody who means harm could put into the media folder, made anew by each run.

Each has the fate it must meet: most are refused; a few are sound after all, dressed up, and may air as long as nothing else happens.
Those that point elsewhere point at a `Canary`, which counts who comes, and at a `secret`: a sound file outside of the media folder.
"""

import math
import os
import socket
import struct
import subprocess
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from tests.programs import program

ENDINGS = ("mp3", "ogg", "m4a")


@dataclass(frozen=True, slots=True)
class HostileFile:
    """One of the corpus."""

    path: Path
    may_play: bool = False
    """Whether it may be taken for sound; otherwise it must be refused."""


class Canary:
    """An HTTP server on the loopback that nobody should ever call."""

    def __init__(self) -> None:
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends it."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _answer(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            with caller:
                caller.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")


def make_hostile_files(folder: Path, secret: Path, port: int) -> list[HostileFile]:
    """Fills `folder`. `secret` is a sound file outside; `port` is a canary's."""
    folder.mkdir(parents=True, exist_ok=True)
    mp3, flac, ogg, m4a = (_sound(folder.parent / f"sound.{ending}") for ending in ("mp3", "flac", "ogg", "m4a"))
    made: list[HostileFile] = []

    def put(name: str | bytes, content: bytes, may_play: bool = False) -> None:
        path = folder / os.fsdecode(name)
        path.write_bytes(content)
        made.append(HostileFile(path, may_play))

    for name, content in _broken(mp3, flac, m4a):
        put(name, content)
    for name, content in _wavs():
        put(name, content)
    for name, content in _bombs(mp3):
        put(name, content)
    for name, content in _pointers(secret, port):
        put(name, content)
    for name, content in _dressed_up(mp3, flac, ogg):
        put(name, content, may_play=True)
    for number, odd_name in enumerate(_names()):
        put(odd_name, mp3 + bytes([number]), may_play=True)
    return made + _no_files(folder, secret)


def _sound(path: Path) -> bytes:
    arguments = ["-f", "lavfi", "-i", "aevalsrc=0.3*sin(880*PI*t)|0.3*sin(1320*PI*t):s=44100:d=3", "-metadata", "title=Plain", str(path)]
    subprocess.run([program("ffmpeg"), "-y", "-loglevel", "error", *arguments], check=True)
    return path.read_bytes()


def _broken(mp3: bytes, flac: bytes, m4a: bytes) -> Iterator[tuple[str, bytes]]:
    noise = Random(50).randbytes(5_000_000)
    yield "empty.mp3", b""
    yield "one_byte.mp3", b"\xff"
    yield "zeros.mp3", bytes(100_000)
    yield "noise.mp3", noise
    yield "noise.flac", noise
    yield "noise_behind_a_head.mp3", mp3[:600] + noise
    yield "noise_behind_a_head.flac", flac[:9000] + noise[:1_000_000]
    yield "cut_off_head.flac", flac[:60]
    yield "cut_off_head.m4a", m4a[: len(m4a) // 2]
    yield "text.ogg", b"This is no sound.\n" * 100


def _wav(data: bytes, *, channels: int = 2, rate: int = 48_000, bits: int = 16, is_float: bool = False, size: int | None = None) -> bytes:
    align = channels * bits // 8
    head = struct.pack("<HHIIHH", 3 if is_float else 1, channels, rate, rate * align & 0xFFFFFFFF, align & 0xFFFF, bits)
    size = len(data) if size is None else size
    return (
        b"RIFF"
        + struct.pack("<I", (size + 36) & 0xFFFFFFFF)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + head
        + b"data"
        + struct.pack("<I", size)
        + data
    )


def _wavs() -> Iterator[tuple[str, bytes]]:
    tone = [0.3 * math.sin(0.05 * n) for n in range(96_000)]
    sixteen = struct.pack("<96000h", *(round(32767 * level) for level in tone))
    yield "channels_65535.wav", _wav(sixteen, channels=65535)
    yield "channels_none.wav", _wav(sixteen, channels=0)
    yield "rate_1.wav", _wav(sixteen, rate=1)
    yield "rate_none.wav", _wav(sixteen, rate=0)
    yield "rate_768000.wav", _wav(sixteen * 16, rate=768_000)
    yield "no_samples.wav", _wav(b"")
    yield "too_short.wav", _wav(sixteen[:4000])
    yield "lies_to_be_empty.wav", _wav(sixteen, size=0)[:44]
    yield "silence.wav", _wav(bytes(400_000))
    yield "nearly_silence.wav", _wav(bytes([1, 0, 255, 255]) * 100_000)
    for name, value in (("nan", math.nan), ("infinity", math.inf), ("minus_infinity", -math.inf), ("gigantic", 1e30)):
        spoilt = [*tone[:48_000], value, *tone[48_001:]]
        yield f"holds_{name}.wav", _wav(struct.pack("<96000f", *spoilt), bits=32, is_float=True)
        yield f"holds_{name}_at_44100.wav", _wav(struct.pack("<96000f", *spoilt), bits=32, is_float=True, rate=44_100)


def _bombs(mp3: bytes) -> Iterator[tuple[str, bytes]]:
    yield "ten_hours_of_silence.flac", _constant_flac(hours=10, value=0, claimed=True)
    yield "ten_hours_unclaimed.flac", _constant_flac(hours=10, value=1000, claimed=False)
    yield "an_hour_in_eight_channels.flac", _constant_flac(hours=1.1, value=1000, claimed=False, rate=192_000, channels=8)
    yield "id3_of_256_megabytes.mp3", b"ID3\x04\x00\x00" + b"\x7f" * 4 + mp3


def _dressed_up(mp3: bytes, flac: bytes, ogg: bytes) -> Iterator[tuple[str, bytes]]:
    tone = struct.pack("<96000h", *(round(9000 * math.sin(0.05 * n)) for n in range(96_000)))
    yield "lies_of_4_gigabytes.wav", _wav(tone, size=0xFFFFFFFF)
    yield "lies_of_2_gigabytes.wav", _wav(tone, size=0x7FFFFFFF)
    yield "cut_off.mp3", mp3[: len(mp3) * 2 // 3]
    yield "cut_off.flac", flac[: len(flac) * 2 // 3]
    yield "chained_300_times.ogg", ogg * 300
    yield "cover_of_12000_by_12000.mp3", _id3(b"APIC", b"\x00image/png\x00\x03\x00" + _png(12_000)) + mp3
    yield "title_frame_of_200_megabytes.mp3", b"ID3\x03\x00\x00\x00\x00\x10\x00TIT2" + struct.pack(">I", 200_000_000) + bytes(2040) + mp3
    yield "title_of_a_megabyte.mp3", _id3(b"TIT2", b"\x03" + b"a\xcc\x81\xcc\xa7" * 200_000) + mp3
    yield "title_with_controls.mp3", _id3(b"TIT2", b"\x03" + "a\r\nStreamUrl='x';\x1b[2J\u202egnp.exe\x07".encode()) + mp3
    yield "title_in_no_encoding.mp3", _id3(b"TIT2", b"\x03\xff\xfe\xfd\x80caf\xe9") + mp3


def _pointers(secret: Path, port: int) -> Iterator[tuple[str, bytes]]:
    """Texts that make FFmpeg open other files and addresses, under endings that do not say so."""
    url = f"http://127.0.0.1:{port}"
    beside = os.path.relpath(secret, secret.parent / "media")
    m3u8 = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n"
    dash = '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT5S"><Period>'
    dash += '<AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>URL/d.mp4</BaseURL>'
    texts = {
        "m3u8_http": f'{m3u8}#EXT-X-KEY:METHOD=AES-128,URI="URL/key"\n#EXTINF:5,\nURL/a.ts\n#EXT-X-ENDLIST\n',
        "m3u8_file": f"{m3u8}#EXTINF:5,\nfile://{secret}\n#EXTINF:5,\n{beside}\n#EXT-X-ENDLIST\n",
        "m3u8_master": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nURL/b.m3u8\n",
        "concat_file": f"ffconcat version 1.0\nfile '{secret}'\nfile {beside}\n",
        "concat_http": "ffconcat version 1.0\nfile 'URL/c.mp3'\n",
        "dash": f"{dash}</Representation></AdaptationSet></Period></MPD>",
        "sdp": f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0\n",
        "vapoursynth": f"import urllib.request as u\nu.urlopen('URL/e')\nopen('{secret}')\n",
        "m3u": f"#EXTM3U\nURL/f.mp3\n{secret}\n",
        "pls": "[playlist]\nFile1=URL/g.mp3\nNumberOfEntries=1\n",
        "asx": '<asx version="3.0"><entry><ref href="URL/h.mp3"/></entry></asx>',
        "xspf": '<playlist version="1"><trackList><track><location>URL/i.mp3</location></track></trackList></playlist>',
        "smil": '<smil><body><audio src="URL/j.mp3"/></body></smil>',
    }
    for ending in ENDINGS:
        for name, text in texts.items():
            yield f"{name}.{ending}", text.replace("URL", url).encode()
    yield "refers_elsewhere.m4a", _box(b"ftyp", b"M4A \x00\x00\x02\x00") + _box(b"moov", _box(b"rmra", _reference(f"{url}/k.mp4")))


def _names() -> Iterator[str | bytes]:
    yield "line\r\nbreak.mp3"
    yield "\x1b[2J\x07bell.mp3"
    yield "\u202e3pm.exe.mp3"
    yield "..%2f..%2f..%2fetc%2fpasswd.mp3"
    yield "..\\..\\windows.mp3"
    yield "-rf --help.mp3"
    yield "pipe:0.mp3"
    yield "concat:a|b.mp3"
    yield "%n%s%d$(id)`id`;'\"<script>.mp3"
    yield "e" + "\u0301" * 100 + ".mp3"
    yield "x" * 251 + ".mp3"
    yield b"\xff\xfe\xe9.mp3"


def _no_files(folder: Path, secret: Path) -> list[HostileFile]:
    """Things that are no regular file of this folder."""
    links = {
        "link_to_passwd.mp3": Path("/etc/passwd"),
        "link_to_secret.wav": secret,
        "link_to_zero.mp3": Path("/dev/zero"),
        "link_to_nothing.mp3": Path("/nonexistent"),
        "link_to_itself.mp3": folder / "link_to_itself.mp3",
        "link_to_root.mp3": Path("/"),
    }
    for name, target in links.items():
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe.mp3")
    (folder / "folder.mp3").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        try:
            listener.bind(str(folder / "socket.mp3"))
        except OSError:
            print("no socket in the corpus: the path is too long for one")
    names = [*links, "pipe.mp3", "folder.mp3", *(["socket.mp3"] if (folder / "socket.mp3").exists() else [])]
    if os.geteuid():
        (folder / "closed.mp3").write_bytes(b"closed")
        (folder / "closed.mp3").chmod(0)
        names.append("closed.mp3")
    else:
        print("no unreadable file in the corpus: root may read them all")
    return [HostileFile(folder / name) for name in names]


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def _reference(url: str) -> bytes:
    return _box(b"rmda", _box(b"rdrf", bytes(4) + b"url " + struct.pack(">I", len(url) + 1) + url.encode() + b"\0"))


def _id3(frame: bytes, content: bytes) -> bytes:
    """An ID3v2.4 tag of one frame."""

    def syncsafe(size: int) -> bytes:
        return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))

    body = frame + syncsafe(len(content)) + b"\0\0" + content
    return b"ID3\x04\x00\x00" + syncsafe(len(body)) + body


def _png(side: int) -> bytes:
    """A black square of side * side true colour pixels: three bytes each when unpacked, a thousandth of that here."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(1)
    rows = bytes((3 * side + 1) * 100)
    pixels = b"".join([*(packer.compress(rows) for _ in range(side // 100)), packer.flush()])
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _constant_flac(*, hours: float, value: int, claimed: bool, rate: int = 48_000, channels: int = 1) -> bytes:
    """A FLAC of 16 bits whose every sample is `value`: a dozen bytes a second."""
    block = 65_535
    blocks = int(hours * 3600 * rate) // block
    total = blocks * block if claimed else 0
    rate_channels_bits_total = rate << 44 | (channels - 1) << 41 | 15 << 36 | total
    head = struct.pack(">HH", block, block) + bytes(6) + struct.pack(">Q", rate_channels_bits_total) + bytes(16)
    subframes = (b"\x00" + struct.pack(">h", value)) * channels
    frames = [b"fLaC\x80\x00\x00\x22" + head]
    for number in range(blocks):
        start = bytes([0xFF, 0xF8, 0x70, (channels - 1) << 4 | 0x08]) + _utf8(number) + struct.pack(">H", block - 1)
        body = start + bytes([_crc(start, 8, 0x07)]) + subframes
        frames.append(body + struct.pack(">H", _crc(body, 16, 0x8005)))
    return b"".join(frames)


def _utf8(number: int) -> bytes:
    """UTF-8 without its hole for surrogates."""
    return chr(number).encode("utf-8", "surrogatepass")


@cache
def _crc_table(width: int, polynomial: int) -> list[int]:
    table = []
    for byte in range(256):
        crc = byte << (width - 8)
        for _ in range(8):
            crc = crc << 1 ^ (polynomial if crc >> (width - 1) & 1 else 0)
        table.append(crc & ((1 << width) - 1))
    return table


def _crc(data: bytes, width: int, polynomial: int) -> int:
    table, mask = _crc_table(width, polynomial), (1 << width) - 1
    crc = 0
    for byte in data:
        crc = (crc << 8 & mask) ^ table[crc >> (width - 8) ^ byte]
    return crc
