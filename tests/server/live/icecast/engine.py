"""An engine for tests of the source port: it hears what the entrance says and seats nobody by itself."""

from collections.abc import Callable

from server.live.session import Session
from server.wire.wire import LiveClose, LiveOpen, LiveSound, LiveStanding, Up


class FakeEngine:
    """Remembers sessions as they were said, and counts sound."""

    def __init__(self) -> None:
        self.live: LiveStanding | None = None
        self.said: list[Session] = []
        self.closed: list[str] = []
        self.sound: dict[str, bytearray] = {}

    def say(self, message: Up) -> None:
        match message:
            case LiveOpen(session):
                self.said.append(session)
            case LiveSound(session_id, samples):
                self.sound.setdefault(session_id, bytearray()).extend(samples)
            case LiveClose(session_id):
                self.closed.append(session_id)

    def on_greeted(self, watcher: Callable[[], None], /) -> Callable[[], None]:  # noqa: ARG002
        return lambda: None

    @property
    def titles(self) -> list[str]:
        """All that were said, as `Artist - Title`."""
        return [" - ".join(part for part in (session.artist, session.title) if part) for session in self.said]

    def heard_seconds(self) -> float:
        """Of the latest session."""
        return len(self.sound.get(self.said[-1].id, b"")) / 192_000 if self.said else 0.0
