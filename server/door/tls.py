"""The door's own encryption: one certificate, read from two files, and read again when they are renewed.

Every handshake asks for the context of the moment, so a renewal takes effect for the next connection and touches none that is open. A
pair that does not fit together, as between the two writes of a renewal, is left alone until it does. TLS 1.2 and newer, no HTTP/2: for
that there is a proxy in front (docs/security.md).
"""

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from ssl import SSLContext, SSLError, SSLObject, TLSVersion, create_default_context
from typing import Final

import structlog
from cryptography.x509 import DNSName, ExtensionNotFound, SubjectAlternativeName, load_pem_x509_certificate

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 5.0
"""How often the files are looked at."""
HANDSHAKE_SECONDS: Final = 10.0
"""A connection that has not finished its handshake by then is closed."""
SHUTDOWN_SECONDS: Final = 30.0
"""How long a closing connection may take to deliver what it was given last, and to hear the other side's farewell."""
CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2: forward secrecy and authenticated encryption only. TLS 1.3 has no others."""
_Stamp = tuple[tuple[int, int, int], ...]


class UnfitCertificate(Exception):
    """The certificate or its key cannot be used; the text says why"""


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Where the certificate (with its chain) and its key stand, as PEM."""

    certificate: Path
    key: Path

    def stamp(self) -> _Stamp:
        """Changes when either file does. Raises OSError."""
        return tuple((stat.st_ino, stat.st_mtime_ns, stat.st_size) for stat in (self.certificate.stat(), self.key.stat()))


class Tls:
    """An SSLContext that always has the newest certificate."""

    def __init__(self, files: CertificateFiles) -> None:
        """Raises UnfitCertificate: a station that was told to encrypt does not start without."""
        self._files = files
        try:
            self._stamp = files.stamp()
        except OSError as error:
            raise UnfitCertificate(str(error)) from None
        self._newest, self.expires_at = _read(files)
        self.context = _read(files)[0]
        self.context.sni_callback = self._hand_over

    def renew(self) -> bool:
        """Takes up renewed files; whether there were any. Keeps the old certificate where the new one cannot be used."""
        try:
            stamp = self._files.stamp()
            if stamp == self._stamp:
                return False
            self._newest, self.expires_at = _read(self._files)
        except (OSError, UnfitCertificate) as error:
            log.warning("a renewed certificate cannot be used yet; the old one stays", error=str(error))
            return False
        self._stamp = stamp
        log.info("a renewed certificate is in use", certificate=str(self._files.certificate), expires_at=self.expires_at)
        return True

    async def keep_renewed(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Looks at the files every LOOK_SECONDS; never ends by itself."""
        while True:
            await sleep(LOOK_SECONDS)
            self.renew()

    def _hand_over(self, connection: SSLObject, name: str | None, listening: SSLContext) -> None:  # noqa: ARG002  # the signature is ssl's
        """Called in every handshake, whether the client names a host or not."""
        connection.context = self._newest


def trust_in(file: str) -> tuple[SSLContext, str]:
    """For a client that must reach this very certificate, whoever signed it: a context, and a host name that it holds for.

    Raises OSError, ValueError.
    """
    certificate = Path(file).expanduser()
    context = create_default_context(cafile=str(certificate))
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        names = load_pem_x509_certificate(certificate.read_bytes()).extensions.get_extension_for_class(SubjectAlternativeName).value
    except ExtensionNotFound:
        raise ValueError(f"{certificate} names no host") from None
    return context, (names.get_values_for_type(DNSName) or ["localhost"])[0].replace("*", "www")


def _read(files: CertificateFiles) -> tuple[SSLContext, float]:
    """A context of its own for the pair, and when the certificate expires (UNIX seconds). Raises UnfitCertificate."""
    context = SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_ciphers(CIPHERS)
    context.set_alpn_protocols(["http/1.1"])
    try:
        # Without a password a key that has one would be asked for on the terminal, and the start would wait for ever.
        context.load_cert_chain(files.certificate, files.key, password=_no_password)
        certificate = load_pem_x509_certificate(files.certificate.read_bytes())
    except (OSError, SSLError, ValueError) as error:
        raise UnfitCertificate(f"{files.certificate} and {files.key}: {error}") from None
    return context, certificate.not_valid_after_utc.astimezone(UTC).timestamp()


def _no_password() -> str:
    raise ValueError("the key is encrypted with a password; give one that is not")
