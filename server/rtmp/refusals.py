"""What a server said, worded for people. Servers repeat what they were told, the stream key too: nothing of it may get through.

A text that holds six characters in a row of the key is left out whole, whatever their case and however they are escaped.
"""

import re
import ssl
from typing import Final
from urllib.parse import unquote

from server.rtmp.amf0 import Value

TELLING: Final = 6
"""Characters in a row of a key that give it away."""
LONGEST: Final = 120
_CODE: Final = re.compile(r"[A-Za-z]{1,30}(\.[A-Za-z]{1,30}){1,4}")


def worded(said: str, about: Value, key: str) -> str:
    """`said`, with what the server's information object adds to it: its code, its description."""
    told = about if isinstance(about, dict) else {}
    code, description = told.get("code"), told.get("description")
    parts = []
    if isinstance(code, str) and _CODE.fullmatch(code) and not gives_away(code, key):
        parts.append(code)
    if isinstance(description, str) and (plain := " ".join(re.sub(r"[^ -~]", " ", description).split())) and not gives_away(plain, key):
        parts.append(plain[:LONGEST])
    return f"{said} ({': '.join(parts)})" if parts else said


def gives_away(text: str, key: str) -> bool:
    """Whether somebody who reads `text` knows more of the key than before."""
    length = min(TELLING, len(key))
    secret = key.casefold()
    pieces = {secret[at : at + length] for at in range(len(secret) - length + 1)}
    return any(piece in shown for shown in (text.casefold(), unquote(text).casefold()) for piece in pieces)


def unreached(error: OSError) -> str:
    """Why no connection came to be."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"the server's certificate does not hold: {error.verify_message}"
        case ssl.SSLError():
            return "the server speaks no TLS that can be understood"
        case ConnectionRefusedError():
            return "connection refused"
        case ConnectionResetError() | BrokenPipeError() | ConnectionAbortedError():
            return "the server closed the connection"
        case TimeoutError():
            return "no answer"
        case PermissionError():
            return str(error)
    return f"no connection: {error.strerror or type(error).__name__}"
