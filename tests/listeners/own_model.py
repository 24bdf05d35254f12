"""A language model on this machine, as Ollama speaks: a real HTTP server in a thread of its own that can be killed."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp.web import Application, AppRunner, Request, Response, TCPSite, json_response, post

LIKES = ("house", "techno", "trance")
"""Which genre it chooses, the first that it may."""
TONIC, THEME = "F#", "a terrace at noon"


class OwnModel:
    """It answers well, and remembers what it was asked."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[str] = []
        """The words of each question, system and user."""
        self._loop = asyncio.new_event_loop()
        self._runner: AppRunner | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="own model", daemon=True)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(10.0)

    def kill(self) -> None:
        """Nobody answers at its address any more."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10.0)

    def _run(self) -> None:
        self._loop.run_until_complete(self._open())
        self._loop.run_forever()
        assert self._runner is not None
        self._loop.run_until_complete(self._runner.cleanup())
        self._loop.close()

    async def _open(self) -> None:
        application = Application()
        application.add_routes([post("/v1/chat/completions", self._answer)])
        self._runner = AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        site = TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = int(self._runner.addresses[0][1])
        self._ready.set()

    async def _answer(self, request: Request) -> Response:
        wish: dict[str, Any] = await request.json()
        self.asked.append("\n".join(turn["content"] for turn in wish["messages"]))
        facts = json.loads(wish["messages"][1]["content"].split("\n\n")[0])
        homes: dict[str, list[float]] = facts["genres_allowed_and_their_bpm"]
        genre = next(one for one in LIKES if one in homes)
        form = {"genre": genre, "moods": ["warm"], "bpm": sum(homes[genre]) / 2, "tonic": TONIC, "mode": "dorian", "theme": THEME}
        choice = {"index": 0, "message": {"role": "assistant", "content": json.dumps(form)}, "finish_reason": "stop"}
        return json_response({"model": wish["model"], "choices": [choice], "usage": {"prompt_tokens": 900, "completion_tokens": 60}})


@contextmanager
def own_model() -> Iterator[OwnModel]:
    """Running, for the block or until it is killed."""
    model = OwnModel()
    model.start()
    try:
        yield model
    finally:
        model.kill()
