"""A database of countries in MaxMind's format (MaxMind DB File Format Specification 2.0), as small as it can be."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from pathlib import Path

_MAP, _STRING, _UINT16, _UINT32, _UINT64, _ARRAY = 7, 2, 5, 6, 9, 11
_MARKER = b"\xab\xcd\xefMaxMind.com"
_SEPARATOR = bytes(16)


def write_countries(path: Path, countries: Mapping[str, str], field: str = "country") -> None:
    """`countries`: network -> ISO code."""
    nodes: list[list[int | bytes | None]] = [[None, None]]
    for text, code in countries.items():
        network = IPv4Network(text)
        node = 0
        for bit in range(network.prefixlen - 1):
            side = int(network.network_address) >> (31 - bit) & 1
            below = nodes[node][side]
            if not isinstance(below, int):
                nodes.append([None, None])
                below = nodes[node][side] = len(nodes) - 1
            node = below
        nodes[node][int(network.network_address) >> (32 - network.prefixlen) & 1] = _map({field: _map({"iso_code": _string(code)})})
    tree, data = b"", b""
    for sides in nodes:
        for side in sides:
            if isinstance(side, bytes):
                tree += (len(nodes) + 16 + len(data)).to_bytes(3, "big")
                data += side
            else:
                tree += (len(nodes) if side is None else side).to_bytes(3, "big")
    path.write_bytes(tree + _SEPARATOR + data + _MARKER + _metadata(len(nodes)))


def _metadata(nodes: int) -> bytes:
    return _map(
        {
            "node_count": _number(_UINT32, nodes),
            "record_size": _number(_UINT16, 24),
            "ip_version": _number(_UINT16, 4),
            "database_type": _string("Test-Country"),
            "languages": _control(_ARRAY, 0),
            "binary_format_major_version": _number(_UINT16, 2),
            "binary_format_minor_version": _number(_UINT16, 0),
            "build_epoch": _number(_UINT64, 1_700_000_000),
            "description": _control(_MAP, 0),
        }
    )


def _control(kind: int, size: int) -> bytes:
    assert size < 29
    return bytes([kind << 5 | size]) if kind < 8 else bytes([size, kind - 7])


def _string(text: str) -> bytes:
    return _control(_STRING, len(text)) + text.encode()


def _number(kind: int, number: int) -> bytes:
    content = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return _control(kind, len(content)) + content


def _map(items: Mapping[str, bytes]) -> bytes:
    return _control(_MAP, len(items)) + b"".join(_string(name) + value for name, value in items.items())
