"""The door's own encryption: real handshakes, and renewals under open connections."""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp.web import Application, Request, Response, StreamResponse
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.door.answers import clear_answers
from server.door.door import DoorLimits, open_door
from server.door.line import LineLimits
from server.door.tls import LOOK_SECONDS, CertificateFiles, Tls, UnfitCertificate

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def issue(folder: Path, serial: int, password: bytes | None = None, host: str = "radio.example") -> tuple[bytes, bytes]:
    """A self-signed certificate and its key, written as a renewal would be: beside their places, then renamed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), serial, EPOCH, EPOCH + timedelta(days=3_650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    key_pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    put(folder / "fullchain.pem", pem)
    put(folder / "privkey.pem", key_pem)
    return pem, key_pem


def put(file: Path, content: bytes) -> None:
    beside = file.with_suffix(".new")
    beside.write_bytes(content)
    beside.replace(file)


def files_in(folder: Path) -> CertificateFiles:
    return CertificateFiles(folder / "fullchain.pem", folder / "privkey.pem")


async def greet(request: Request) -> StreamResponse:
    return Response(text=f"{request.scheme} {request.version.major}")


async def flow(request: Request) -> StreamResponse:
    answer = StreamResponse()
    await answer.prepare(request)
    with suppress(ConnectionError):
        while True:
            await answer.write(b"sound ")
            await asyncio.sleep(0.01)
    return answer


async def flood(request: Request) -> StreamResponse:
    answer = StreamResponse()
    await answer.prepare(request)
    with suppress(ConnectionError):
        while True:
            await answer.write(bytes(65_536))
    return answer


class Secure:
    """A door that encrypts, and what it said of clients it cut."""

    def __init__(self, port: int, tls: Tls) -> None:
        self.port = port
        self.tls = tls
        self.kicked: list[str] = []
        self.was_cut = asyncio.Event()

    def hear(self, reason: str) -> None:
        self.kicked.append(reason)
        self.was_cut.set()

    async def connect(self, **wishes: object) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        for name, value in wishes.items():
            setattr(context, name, value)
        return await asyncio.open_connection("127.0.0.1", self.port, ssl=context)

    async def serial(self, **wishes: object) -> int:
        """Of the certificate that a new connection is shown."""
        _, writer = await self.connect(**wishes)
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        return x509.load_der_x509_certificate(shown).serial_number


@asynccontextmanager
async def secured(folder: Path, limits: DoorLimits | None = None) -> AsyncIterator[Secure]:
    application = Application(middlewares=[clear_answers])
    for path, endpoint in {"/": greet, "/flow": flow, "/flood": flood}.items():
        application.router.add_get(path, endpoint)
    listening = socket.create_server(("127.0.0.1", 0))
    secure = Secure(listening.getsockname()[1], Tls(files_in(folder)))
    door = await open_door(application, [listening], limits or DoorLimits(), secure.hear, secure.tls.context)
    try:
        yield secure
    finally:
        await door.close(0)


async def test_serves_https_in_tls_1_2_and_newer(tmp_path: Path) -> None:
    issue(tmp_path, 1)
    async with secured(tmp_path) as secure:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            reader, writer = await secure.connect(minimum_version=version, maximum_version=version)
            writer.write(b"GET / HTTP/1.1\r\nHost: radio.example\r\nConnection: close\r\n\r\n")
            assert (await reader.read()).endswith(b"https 1")
            writer.close()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
async def test_older_tls_and_weak_ciphers_are_turned_away(tmp_path: Path) -> None:
    issue(tmp_path, 1)
    async with secured(tmp_path) as secure:
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        weak = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        weak.check_hostname, weak.verify_mode = False, ssl.CERT_NONE
        weak.maximum_version = ssl.TLSVersion.TLSv1_2
        weak.set_ciphers("ECDHE-ECDSA-AES128-SHA256")
        for context in (old, weak):
            with pytest.raises((ssl.SSLError, ConnectionError)):
                await asyncio.open_connection("127.0.0.1", secure.port, ssl=context)
        assert await secure.serial() == 1, "and the door still serves"


async def test_plain_http_gets_no_answer_and_leaves_no_trace(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    issue(tmp_path, 1)
    async with secured(tmp_path) as secure:
        reader, writer = await asyncio.open_connection("127.0.0.1", secure.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: radio.example\r\n\r\n")
        async with asyncio.timeout(5):
            assert not (await reader.read()).startswith(b"HTTP/")
        writer.close()
        assert await secure.serial() == 1
    assert caplog.records == []


async def test_renewal_touches_no_open_connection(tmp_path: Path) -> None:
    issue(tmp_path, 1)
    async with secured(tmp_path) as secure:
        reader, writer = await secure.connect()
        writer.write(b"GET /flow HTTP/1.1\r\nHost: radio.example\r\n\r\n")
        async with asyncio.timeout(5):
            await reader.readuntil(b"sound")
        assert not secure.tls.renew(), "nothing was renewed"
        issue(tmp_path, 2)
        assert secure.tls.renew()
        assert await secure.serial() == 2
        async with asyncio.timeout(5):
            await reader.readexactly(600)
        writer.close()


async def test_client_that_names_no_host_sees_the_newest_too(tmp_path: Path) -> None:
    issue(tmp_path, 1)
    async with secured(tmp_path) as secure:
        issue(tmp_path, 2)
        secure.tls.renew()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        _, writer = await asyncio.open_connection("127.0.0.1", secure.port, ssl=context, server_hostname="")
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        assert x509.load_der_x509_certificate(shown).serial_number == 2
        writer.close()


async def test_half_a_renewal_waits_for_the_other_half(tmp_path: Path) -> None:
    _, old_key = issue(tmp_path, 1)
    async with secured(tmp_path) as secure:
        certificate, key = issue(tmp_path, 2)
        put(tmp_path / "privkey.pem", old_key)
        assert not secure.tls.renew()
        assert await secure.serial() == 1
        put(tmp_path / "privkey.pem", key)
        assert secure.tls.renew()
        assert await secure.serial() == 2
        put(tmp_path / "fullchain.pem", certificate[: len(certificate) // 2])
        assert not secure.tls.renew()
        (tmp_path / "fullchain.pem").unlink()
        assert not secure.tls.renew()
        assert await secure.serial() == 2


async def test_watch_takes_up_a_renewal_by_itself(tmp_path: Path) -> None:
    issue(tmp_path, 1)
    tls = Tls(files_in(tmp_path))
    issue(tmp_path, 2)
    naps: list[float] = []
    before = tls.expires_at, tls.context

    async def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await tls.keep_renewed(nap)
    assert naps == [LOOK_SECONDS] * 3
    assert not tls.renew(), "it has taken up what there is"
    assert (tls.expires_at, tls.context) == before, "the same context listens"
    assert tls.expires_at == (EPOCH + timedelta(days=3_650)).timestamp()


async def test_slow_reader_is_cut_here_too(tmp_path: Path) -> None:
    issue(tmp_path, 1)
    limits = DoorLimits(line=LineLimits(grace_seconds=0.3))
    async with secured(tmp_path, limits) as secure:
        reader, writer = await secure.connect()
        writer.transport.pause_reading()
        writer.write(b"GET /flood HTTP/1.1\r\nHost: radio.example\r\n\r\n")
        async with asyncio.timeout(10):
            await secure.was_cut.wait()
        assert secure.kicked == ["answer"]
        writer.transport.abort()
        del reader


def test_what_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(UnfitCertificate, match=r"fullchain\.pem"):
        Tls(files_in(tmp_path))
    issue(tmp_path, 1, password=b"hidden")
    with pytest.raises(UnfitCertificate, match="password"):
        Tls(files_in(tmp_path))
    issue(tmp_path, 1)
    put(tmp_path / "fullchain.pem", os.urandom(300))
    with pytest.raises(UnfitCertificate):
        Tls(files_in(tmp_path))
