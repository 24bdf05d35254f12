"""Letters handed to a real SMTP server, good and bad."""

import ssl
import time
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from structlog.testing import capture_logs

from control.mail.letter import Letter
from control.mail.sender import LetterRefused, LogSender, MailAway, MailLink, SmtpSender
from tests.control.smtp import Mood, smtp_server

pytestmark = pytest.mark.real
LETTER = Letter("somebody@example.org", "Grüße", "Ein Wort.\n.\nEin Punkt auf eigener Zeile.\n", "https://radio.example/account#verify=x")


def link(port: int, **more: object) -> MailLink:
    return MailLink("127.0.0.1", "Radio Süd <radio@example.org>", port, "none", timeout_seconds=1.0, **more)  # type: ignore[arg-type]


async def test_a_letter_arrives_whole() -> None:
    async with smtp_server() as server:
        await SmtpSender(link(server.port)).send(LETTER)
        letter = await server.next()
    assert (letter["To"], letter["Subject"], letter["From"]) == (LETTER.to, "Grüße", "Radio Süd <radio@example.org>")
    assert letter["Message-ID"].endswith("@example.org>")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"]
    assert letter.get_content().splitlines() == LETTER.text.splitlines()


@pytest.mark.parametrize("mood", ["silent", "hangs up", "busy", "drops the letter", "garbage"])
async def test_what_may_pass_is_tried_again(mood: Mood) -> None:
    async with smtp_server(mood) as server:
        start = time.monotonic()
        with pytest.raises(MailAway):
            await SmtpSender(link(server.port)).send(LETTER)
        assert time.monotonic() - start < 5


async def test_nobody_listening_may_pass() -> None:
    async with smtp_server() as server:
        pass
    with pytest.raises(MailAway):
        await SmtpSender(link(server.port)).send(LETTER)


async def test_what_is_refused_for_ever_is_not_tried_again() -> None:
    async with smtp_server("never") as server:
        with pytest.raises(LetterRefused):
            await SmtpSender(link(server.port)).send(LETTER)


@pytest.mark.parametrize("to", ["a@b.org\r\nBcc: c@d.org", "", "a@b.org\nX: y"])
async def test_no_header_is_smuggled_in(to: str) -> None:
    async with smtp_server() as server:
        with pytest.raises(LetterRefused):
            await SmtpSender(link(server.port)).send(Letter(to, "s", "t"))
        with pytest.raises(LetterRefused):
            await SmtpSender(link(server.port)).send(Letter("a@b.org", "s\r\nBcc: c@d.org", "t"))
        assert server.letters.empty()


async def test_it_logs_in_where_it_has_a_name() -> None:
    async with smtp_server("wants a password") as server:
        with pytest.raises(LetterRefused):
            await SmtpSender(link(server.port)).send(LETTER)
        await SmtpSender(link(server.port, user="radio", password="secret")).send(LETTER)
        assert b64decode(server.logins[0]) == b"\0radio\0secret"


async def test_starttls_is_insisted_on(tmp_path: Path) -> None:
    """A server that does not offer it, or somebody on the way who hides it, gets neither the password nor the letter."""
    async with smtp_server() as server:
        with pytest.raises(MailAway, match="STARTTLS"):
            await SmtpSender(MailLink("127.0.0.1", "r@example.org", server.port, user="radio", password="secret")).send(LETTER)
        assert not server.logins
    context, authority = certificate(tmp_path)
    async with smtp_server(tls=context) as server:
        with pytest.raises(MailAway, match="CERTIFICATE"):
            await SmtpSender(MailLink("127.0.0.1", "r@example.org", server.port)).send(LETTER)
        await SmtpSender(MailLink("127.0.0.1", "r@example.org", server.port, authority=str(authority))).send(LETTER)
        assert server.encrypted == [True]


async def test_without_a_server_the_operator_reads_the_link() -> None:
    with capture_logs() as said:
        await LogSender().send(LETTER)
    assert (said[0]["to"], said[0]["link"]) == (LETTER.to, LETTER.link)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context, and the file of the authority that signed it: itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "certificate.pem", folder / "key.pem"
    chain.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, private)
    return context, chain
