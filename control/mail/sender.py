"""Takes a letter to the operator's SMTP server; or, where there is none, lays its link open in the log.

smtplib blocks, so it runs in a thread, with a deadline on every step of the conversation.
"""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate, make_msgid, parseaddr
from typing import Final, Literal, Protocol

import structlog

from control.mail.letter import Letter

_log = structlog.get_logger(__name__)
TIMEOUT_SECONDS: Final = 15.0


class MailAway(Exception):
    """The mail server cannot take the letter now; try again later"""


class LetterRefused(Exception):
    """The mail server will never take this letter"""


class Sender(Protocol):
    """Sends. Raises MailAway, LetterRefused."""

    async def send(self, letter: Letter) -> None: ...


@dataclass(frozen=True, slots=True)
class MailLink:
    """Where letters are handed in: [mail] of config.toml."""

    host: str
    sender: str
    """`Radio <radio@example.org>`."""
    port: int = 587
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    authority: str = ""
    """A file of certificates to trust instead of the machine's."""
    timeout_seconds: float = TIMEOUT_SECONDS


class SmtpSender:
    """One conversation a letter: a station writes few of them."""

    def __init__(self, link: MailLink) -> None:
        """Raises OSError where the authority's file cannot be read."""
        self._link = link
        self._tls = ssl.create_default_context(cafile=link.authority or None)
        self._domain = parseaddr(link.sender)[1].partition("@")[2] or "localhost"

    async def send(self, letter: Letter) -> None:
        """Returns when the server has taken it."""
        await asyncio.to_thread(self._converse, self._message(letter))

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=SMTP_POLICY)
        try:
            message["From"], message["To"], message["Subject"] = self._link.sender, letter.to, letter.subject
        except (ValueError, IndexError) as error:
            raise LetterRefused(str(error)) from None
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=self._domain)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message

    def _converse(self, message: EmailMessage) -> None:
        try:
            with self._connected() as server:
                if self._link.user:
                    server.login(self._link.user, self._link.password)
                server.send_message(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            _judge(error)
        except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
            raise LetterRefused(str(error)) from None
        except (smtplib.SMTPException, OSError) as error:
            raise MailAway(f"{type(error).__name__}: {error}") from None

    def _connected(self) -> smtplib.SMTP:
        link = self._link
        if link.encryption == "tls":
            return smtplib.SMTP_SSL(link.host, link.port, timeout=link.timeout_seconds, context=self._tls)
        server = smtplib.SMTP(link.host, link.port, timeout=link.timeout_seconds)
        if link.encryption == "starttls":
            try:
                server.starttls(context=self._tls)
            except smtplib.SMTPNotSupportedError:
                server.close()
                raise MailAway("the server offers no encryption (STARTTLS)") from None
            except BaseException:
                server.close()
                raise
        return server


class LogSender:
    """For a house without a mail server: the operator reads the link in the log and passes it on."""

    async def send(self, letter: Letter) -> None:
        """Never fails."""
        _log.warning(
            "no mail server is configured ([mail] host); this letter was not sent", to=letter.to, subject=letter.subject, link=letter.link
        )


def _judge(error: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused) -> None:
    """Raises: what begins with 5 is for ever (RFC 5321, 4.2.1)."""
    codes = [code for code, _ in error.recipients.values()] if isinstance(error, smtplib.SMTPRecipientsRefused) else [error.smtp_code]
    raise (LetterRefused if all(code >= 500 for code in codes) else MailAway)(f"the server answered {codes}")
