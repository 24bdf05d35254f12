"""A small SMTP server for tests, on a real socket. It keeps what it is given, and misbehaves on order."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Literal

Mood = Literal["good", "silent", "hangs up", "busy", "never", "drops the letter", "garbage", "wants a password"]


@dataclass
class SmtpServer:
    """Its mood may be changed between two letters."""

    mood: Mood = "good"
    tls: ssl.SSLContext | None = None
    """Offers STARTTLS with this."""
    port: int = 0
    letters: asyncio.Queue[EmailMessage] = field(default_factory=asyncio.Queue)
    conversations: int = 0
    logins: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    """Of each letter."""
    talking: set[asyncio.Task[None]] = field(default_factory=set)

    async def next(self) -> EmailMessage:
        async with asyncio.timeout(5):
            return await self.letters.get()

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        self.conversations += 1
        task = asyncio.current_task()
        assert task is not None
        self.talking.add(task)
        task.add_done_callback(self.talking.discard)
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            match self.mood:
                case "silent":
                    await reader.read()
                case "hangs up":
                    pass
                case "garbage":
                    writer.write(b"\x00\xff not SMTP\r\n" * 100)
                    await writer.drain()
                case _:
                    await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        secure = False
        writer.write(b"220 tests ready\r\n")
        while line := await reader.readline():
            verb = line.split(b" ")[0].strip().upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                await self._take(reader, writer, secure=secure)
            elif verb == b"STARTTLS" and self.tls:
                writer.write(b"220 go ahead\r\n")
                await writer.start_tls(self.tls)
                secure = True
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                return
            else:
                writer.write(self._answer(verb, line, secure=secure))
            await writer.drain()

    def _answer(self, verb: bytes, line: bytes, *, secure: bool) -> bytes:
        match verb:
            case b"EHLO":
                offered = [b"tests", *([b"STARTTLS"] if self.tls and not secure else []), b"AUTH PLAIN"]
                return b"".join(b"250%s%s\r\n" % (b" " if each is offered[-1] else b"-", each) for each in offered)
            case b"AUTH":
                self.logins.append(line.split(b" ")[2].strip().decode())
                return b"235 welcome\r\n"
            case b"MAIL" if self.mood == "wants a password" and not self.logins:
                return b"530 log in first\r\n"
            case b"RCPT" if self.mood == "busy":
                return b"451 come again\r\n"
            case b"RCPT" if self.mood == "never":
                return b"550 nobody of that name\r\n"
            case _:
                return b"250 fine\r\n"

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, secure: bool) -> None:
        body = await reader.readuntil(b"\r\n.\r\n")
        if self.mood == "drops the letter":
            writer.transport.abort()
            return
        self.encrypted.append(secure)
        self.letters.put_nowait(message_from_bytes(body[:-3].replace(b"\r\n..", b"\r\n."), policy=policy.default))
        writer.write(b"250 taken\r\n")


@asynccontextmanager
async def smtp_server(mood: Mood = "good", tls: ssl.SSLContext | None = None) -> AsyncIterator[SmtpServer]:
    """Listens on 127.0.0.1 for the length of the block."""
    fake = SmtpServer(mood, tls)
    server = await asyncio.start_server(fake.converse, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()
        for task in fake.talking:
            task.cancel()
        await asyncio.gather(*fake.talking, return_exceptions=True)
