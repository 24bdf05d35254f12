"""Calls out of the house against a real server on this machine, which nobody may reach who was not meant to."""

import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from control.outbound.errors import OutboundFailed, OutboundRefused
from control.outbound.http import OutboundHttp

pytestmark = pytest.mark.real
NAME = "inside.example"
Certificates: TypeAlias = tuple[ssl.SSLContext, ssl.SSLContext]


@dataclass
class Canary:
    """A server of the house's own. It counts who comes, and misbehaves by path."""

    port: int = 0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)

    @asynccontextmanager
    async def serving(self, tls: ssl.SSLContext | None) -> AsyncIterator["Canary"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
                self.requests.append(head + await reader.readexactly(length))
                await self._answer(head.split(b" ", 2)[1].decode(), writer)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def _answer(self, path: str, writer: asyncio.StreamWriter) -> None:
        def whole(body: bytes, status: str = "200 OK", more: str = "") -> bytes:
            return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body

        match path:
            case "/redirect":
                writer.write(whole(b"", "302 Found", "Location: /secret\r\nSet-Cookie: a=b\r\n"))
            case "/large":
                writer.write(whole(b"x" * 70_000))
            case "/endless":
                writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                while not writer.is_closing():
                    writer.write(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
                    await writer.drain()
            case "/slow":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")
                await asyncio.Event().wait()
            case "/packed":
                writer.write(whole(b"\x1f\x8b", more="Content-Encoding: gzip\r\n"))
            case "/short":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")
                writer.close()
            case "/noise":
                writer.write(b"SSH-2.0-OpenSSH_9\r\n")
                writer.close()
            case "/text":
                writer.write(whole(b"[" * 60_000))
            case _:
                writer.write(whole(b'{"here": true}'))
        await writer.drain()


class Names(AbstractResolver):
    """A name server in hostile hands: each question of a name takes the next answer; the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:  # noqa: ARG002
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(hostname=host, host=one, port=port, family=_family(one), proto=socket.IPPROTO_TCP, flags=socket.AI_NUMERICHOST)
            for one in addresses
        ]

    async def close(self) -> None:
        pass


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """(server's, client's): a certificate for this machine, and a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    names = [x509.DNSName(NAME), x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number(), now - dt.timedelta(1), now + dt.timedelta(1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path_factory.mktemp("tls") / "one.pem"
    _write(pem, key, made)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


def _write(pem: Path, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))


@pytest.fixture
async def canary(certificates: Certificates) -> AsyncIterator[Canary]:
    async with Canary().serving(certificates[0]) as serving:
        yield serving


@asynccontextmanager
async def client(
    canary: Canary, certificates: Certificates, *answers: list[str], allow: tuple[str, ...] = ()
) -> AsyncIterator[OutboundHttp]:
    """One whose only open port is the canary's, so that nothing but the address can save it."""
    made = OutboundHttp(allow, ports=[canary.port], tls=certificates[1], resolver=Names(*answers) if answers else None)
    try:
        yield made
    finally:
        await made.close()


HOSTILE_HOSTS = [
    "127.0.0.1",
    "127.1",
    "127.255.255.254",
    "0.0.0.0",
    "0",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "169.254.169.254",
    "10.0.0.1",
    "192.168.0.1",
    "100.100.100.200",
    "224.0.0.1",
    "255.255.255.255",
    "①②⑦.⓪.⓪.①",
]


@pytest.mark.parametrize("host", HOSTILE_HOSTS)
async def test_no_spelling_reaches_the_house(host: str, canary: Canary, certificates: Certificates) -> None:
    async with client(canary, certificates) as http:
        with pytest.raises((OutboundRefused, OutboundFailed)) as caught:
            await http.request("GET", f"https://{host}:{canary.port}/secret", timeout_seconds=3)
    assert canary.connections == 0
    assert "127" not in caught.value.detail, "nobody is told what a name stands for"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254", "0x7f.1"])
async def test_the_reason_is_the_address(host: str, canary: Canary, certificates: Certificates) -> None:
    async with client(canary, certificates) as http:
        with pytest.raises(OutboundRefused, match="public internet"):
            await http.request("GET", f"https://{host}:{canary.port}/secret", timeout_seconds=3)


@pytest.mark.parametrize("answer", [["127.0.0.1"], ["127.0.0.1", "::1"], ["::ffff:127.0.0.1"], ["10.0.0.1", "192.168.0.1"], ["fe80::1"]])
async def test_no_name_reaches_the_house(answer: list[str], canary: Canary, certificates: Certificates) -> None:
    async with client(canary, certificates, answer) as http:
        with pytest.raises(OutboundRefused):
            await http.request("GET", f"https://{NAME}:{canary.port}/", timeout_seconds=3)
    assert canary.connections == 0


async def test_a_name_that_moves_inside(canary: Canary, certificates: Certificates) -> None:
    """DNS rebinding: a public number at the first question, this machine at all later ones, or both at once."""
    for answers in ([["93.184.216.34"], ["127.0.0.1"]], [["93.184.216.34", "127.0.0.1"]], [["127.0.0.1", "93.184.216.34"]]):
        async with client(canary, certificates, *answers) as http:
            for _ in range(2):
                with pytest.raises((OutboundRefused, OutboundFailed)):
                    await http.request("GET", f"https://{NAME}:{canary.port}/", timeout_seconds=0.4)
    assert canary.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "",
        "here",
        "//inside.example/",
        "https://",
        "https:///path",
        "http://inside.example:{port}/",
        "ftp://inside.example:{port}/",
        "file:///etc/passwd",
        "gopher://inside.example:{port}/",
        "unix:///run/socket",
        "javascript:alert(1)",
        "https://user@inside.example:{port}/",
        "https://user:word@inside.example:{port}/",
        "https://:word@inside.example:{port}/",
        "https://inside.example:22/",
        "https://inside.example:0/",
        "https://inside.example:99999/",
        "https://inside.example/",
        "https://inside.example:{port}/\r\nX-Evil: 1",
        "https://inside.example:{port}/\x00",
        "https://inside.example:{port}/" + "a" * 3_000,
        "https://[::1",
    ],
)
async def test_urls_that_are_none_of_ours(url: str, canary: Canary, certificates: Certificates) -> None:
    async with client(canary, certificates, ["127.0.0.1"]) as http:
        with pytest.raises(OutboundRefused) as caught:
            await http.request("GET", url.format(port=canary.port))
    assert canary.connections == 0
    assert "public internet" not in caught.value.detail, "it is refused before anything is dialled"


class TestAllowed:
    """What the operator configured may be inside."""

    async def test_a_host_that_is_named(self, canary: Canary, certificates: Certificates) -> None:
        async with client(canary, certificates, allow=(f"127.0.0.1:{canary.port}",)) as http:
            answer = await http.request("POST", f"https://127.0.0.1:{canary.port}/x", json={"a": 1}, headers={"X-Own": "yes"})
        assert (answer.status, answer.ok, answer.json()) == (200, True, {"here": True})
        assert answer.headers["content-length"] == "14"
        assert b"X-Own: yes" in canary.requests[0]
        assert b"Accept-Encoding: identity" in canary.requests[0]
        assert canary.requests[0].endswith(b'{"a": 1}')

    async def test_by_http_too(self) -> None:
        async with Canary().serving(None) as canary:
            http = OutboundHttp(["localhost"])
            answer = await http.request("POST", f"http://LOCALHOST:{canary.port}/", data={"a": "1 2"})
            await http.close()
        assert answer.ok
        assert canary.requests[0].endswith(b"a=1+2")

    async def test_no_other_host_with_it(self, canary: Canary, certificates: Certificates) -> None:
        """Another name of the same number, another port of the same host: not what was allowed."""
        async with client(canary, certificates, ["127.0.0.1"], allow=(f"{NAME}:{canary.port}", "other.lan:1")) as http:
            assert (await http.request("GET", f"https://{NAME}:{canary.port}/")).ok
            for url in (
                f"https://elsewhere.example:{canary.port}/",
                f"https://127.0.0.1:{canary.port}/",
                f"http://other.lan:{canary.port}/",
            ):
                with pytest.raises(OutboundRefused):
                    await http.request("GET", url)
        assert canary.connections == 1

    async def test_a_certificate_is_needed(self, canary: Canary) -> None:
        http = OutboundHttp(["127.0.0.1"])
        with pytest.raises(OutboundFailed):
            await http.request("GET", f"https://127.0.0.1:{canary.port}/")
        await http.close()
        assert canary.requests == []


class TestAnswers:
    """Servers that mean harm once they are reached."""

    @pytest.fixture
    async def http(self, canary: Canary, certificates: Certificates) -> AsyncIterator[OutboundHttp]:
        async with client(canary, certificates, allow=("127.0.0.1",)) as made:
            yield made

    async def test_a_redirect_is_not_followed(self, http: OutboundHttp, canary: Canary) -> None:
        answer = await http.request("GET", f"https://127.0.0.1:{canary.port}/redirect")
        assert (answer.status, answer.headers["location"]) == (302, "/secret")
        await http.request("GET", f"https://127.0.0.1:{canary.port}/")
        assert len(canary.requests) == 2
        assert b"ookie" not in canary.requests[1]

    @pytest.mark.parametrize("path", ["large", "endless", "packed", "short", "noise"])
    async def test_what_is_no_answer(self, path: str, http: OutboundHttp, canary: Canary) -> None:
        with pytest.raises(OutboundFailed):
            await http.request("GET", f"https://127.0.0.1:{canary.port}/{path}")
        assert (await http.request("GET", f"https://127.0.0.1:{canary.port}/")).ok, "the pool lives on"

    async def test_an_answer_of_just_the_size(self, http: OutboundHttp, canary: Canary) -> None:
        answer = await http.request("GET", f"https://127.0.0.1:{canary.port}/large", largest_bytes=70_000)
        assert len(answer.body) == 70_000

    async def test_a_silent_server_has_its_time(self, http: OutboundHttp, canary: Canary) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        with pytest.raises(OutboundFailed, match=r"0\.3 s"):
            await http.request("GET", f"https://127.0.0.1:{canary.port}/slow", timeout_seconds=0.3)
        assert loop.time() - began < 2

    async def test_json_that_is_none(self, http: OutboundHttp, canary: Canary) -> None:
        answer = await http.request("GET", f"https://127.0.0.1:{canary.port}/text")
        with pytest.raises(OutboundFailed, match="JSON"):
            answer.json()

    async def test_connections_are_kept(self, http: OutboundHttp, canary: Canary) -> None:
        for _ in range(5):
            assert (await http.request("GET", f"https://127.0.0.1:{canary.port}/")).ok
        assert canary.connections == 1
