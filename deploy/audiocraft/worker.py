"""A SonicForge worker for audiocraft: one file that needs nothing but Python 3.9 and audiocraft's own environment.

audiocraft pins versions that cannot live beside the station's, so it makes takes on the other side of a socket. This file speaks the
protocol of docs/remote.md: signed requests and answers, one errand at a time, a bounded queue, sounds in pieces as WAV.

    SONICFORGE_WORKER_KEY=... python worker.py --listen 0.0.0.0:8100 --model facebook/musicgen-medium
"""

import argparse
import hashlib
import hmac
import ipaddress
import json
import os
import queue
import re
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

PROTOCOL = 1
WINDOW_SECONDS = 300
PLACES = 8
KEPT = 16
"""Errands that are remembered after they have ended."""
FORSAKEN_SECONDS = 120
LARGEST_BODY = 1_000_000
LARGEST_PIECE = 4_194_304
LONGEST_POLL_SECONDS = 20.0
ENDED = ("done", "failed", "called_off")
ID = re.compile(r"[0-9a-f]{16}")


class CalledOff(Exception):
    """Nobody waits for it any more."""


class Audiocraft:
    """MusicGen by audiocraft. The model is loaded by the first errand."""

    most_at_once = 8

    def __init__(self, model, licence, commercial_ok):
        self.model = model
        self.licence = {"name": licence, "commercial_ok": commercial_ok, "weights": model}
        self._loaded = None

    def make(self, briefs, told):
        """One (WAV, frames, rate) a brief. `told(done, doing)` may raise CalledOff."""
        import torch
        from audiocraft.models import MusicGen

        if self._loaded is None:
            told(0.0, "loading the model")
            self._loaded = MusicGen.get_pretrained(self.model)
        rate, made = int(self._loaded.sample_rate), {}
        for seconds in dict.fromkeys(brief["seconds"] for brief in briefs):
            group = [number for number, brief in enumerate(briefs) if brief["seconds"] == seconds]
            began, share = len(made) / len(briefs), len(group) / len(briefs)
            steps = max(1.0, seconds * self._loaded.frame_rate)  # what it says itself is of the window that it is in
            self._loaded.set_custom_progress_callback(
                lambda done, _of, began=began, share=share, steps=steps: told(began + share * min(1.0, done / steps), "playing")
            )
            self._loaded.set_generation_params(duration=seconds)
            torch.manual_seed(briefs[group[0]]["seed"] % 2**63)
            sounds = self._loaded.generate([caption(briefs[number]) for number in group], progress=True)
            for number, sound in zip(group, sounds):  # noqa: B905 -- Python 3.9
                made[number] = (*wav(sound.detach().cpu().float().numpy(), rate), rate)
        return [made[number] for number in range(len(briefs))]


def caption(brief):
    """The words for MusicGen, which reads tempo and key as text."""
    parts = [brief.get("mood", ""), brief["genre"], brief.get("words", "")]
    parts += [f"{brief['bpm']:g} BPM"] if brief.get("bpm") else []
    parts += [f"in {brief['key']}"] if brief.get("key") else []
    return ", ".join(part for part in (*parts, "instrumental") if part)


def wav(sound, rate):
    """float32 [channels, frames] as a WAV of floats, and how many frames it has."""
    channels, frames = sound.shape
    data = sound.T.astype("<f4").tobytes()
    form = struct.pack("<HHIIHH", 3, channels, rate, rate * channels * 4, channels * 4, 32)
    head = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data))
    return b"RIFF" + struct.pack("<I", len(head) + len(data)) + head + data, frames


class Key:
    """Signs answers and knows its own signature on requests; each request passes once."""

    def __init__(self, secret):
        self._secret = secret
        self._seen = {}
        self._lock = threading.Lock()

    def sign(self, *lines):
        return hmac.new(self._secret, "\n".join(("sonicforge-1", *lines)).encode(), hashlib.sha256).hexdigest()

    def fault(self, method, target, headers, body):
        """What is wrong with a request; empty if nothing is."""
        told, nonce, signature = (headers.get(f"X-SonicForge-{name}", "") for name in ("Time", "Nonce", "Signature"))
        if not re.fullmatch(r"[0-9]{1,12}", told) or not re.fullmatch(r"[0-9a-f]{32}", nonce):
            return "the request is not signed"
        right = self.sign(method, target, told, nonce, hashlib.sha256(body).hexdigest())
        if not hmac.compare_digest(signature.encode(errors="replace"), right.encode()):
            return "the signature is not of this request under our key"
        if abs(time.time() - int(told)) > WINDOW_SECONDS:
            return "the clocks differ by more than 300 s: set both"
        with self._lock:
            now = time.monotonic()
            self._seen = {one: until for one, until in self._seen.items() if until > now}
            if nonce in self._seen:
                return "this request has been here before"
            self._seen[nonce] = now + 2 * WINDOW_SECONDS
        return ""


class Errand:
    """What was asked for, and how it stands."""

    def __init__(self, number, briefs):
        self.id = number
        self.briefs = briefs
        self.state, self.done, self.doing, self.error = "queued", 0.0, "", None
        self.takes, self.sounds = [], []
        self.called_off = False
        self.asked_at = time.monotonic()


class Shop:
    """Takes errands in and makes them one after the other, on a thread of its own."""

    def __init__(self, maker):
        self.maker = maker
        self.moved = threading.Condition()
        self._errands = {}
        self._queue = queue.Queue(PLACES)
        threading.Thread(target=self._work, name="shop", daemon=True).start()

    def take_on(self, number, briefs):
        """The errand; raises queue.Full. The same one is made once."""
        with self.moved:
            known = self.find(number)
            if known is not None and known.state not in ("failed", "called_off"):
                return known
            errand = Errand(number, briefs)
            self._queue.put_nowait(errand)
            self._errands[number] = errand
            ended = [one for one in self._errands.values() if one.state in ENDED]
            for old in ended[: max(0, len(ended) - KEPT)]:
                del self._errands[old.id]
            return errand

    def find(self, number):
        errand = self._errands.get(number)
        if errand is not None:
            errand.asked_at = time.monotonic()
        return errand

    def call_off(self, number):
        with self.moved:
            errand = self._errands.pop(number, None)
            if errand is not None:
                errand.called_off = True
        return errand is not None

    def told(self, errand):
        """As the station hears of it."""
        line = list(self._queue.queue)
        told = {"id": errand.id, "state": errand.state, "done": errand.done, "doing": errand.doing, "takes": errand.takes}
        if errand in line:
            told["place"] = line.index(errand) + 1
        return {**told, "error": errand.error} if errand.error else told

    def _move(self, errand, **values):
        with self.moved:
            for name, value in values.items():
                setattr(errand, name, value)
            self.moved.notify_all()

    def _work(self):
        while True:
            errand = self._queue.get()
            if errand.called_off or time.monotonic() - errand.asked_at > FORSAKEN_SECONDS:
                self._move(errand, state="called_off")
                continue
            self._move(errand, state="working")

            def told(done, doing, errand=errand):
                if errand.called_off or time.monotonic() - errand.asked_at > FORSAKEN_SECONDS:
                    raise CalledOff
                self._move(errand, done=0.99 * done, doing=doing)

            try:
                sounds = self.maker.make(errand.briefs, told)
                takes = [self._written(brief, *sound) for brief, sound in zip(errand.briefs, sounds)]  # noqa: B905 -- Python 3.9
                self._move(errand, state="done", done=1.0, takes=takes, sounds=[sound[0] for sound in sounds])
            except CalledOff:
                self._move(errand, state="called_off")
            except Exception as error:  # noqa: BLE001 -- it is told to the station, and the next errand is served
                kind = "away" if isinstance(error, (ImportError, OSError, MemoryError)) or "out of memory" in str(error) else "failed"
                print(f"errand {errand.id} failed: {error}", file=sys.stderr)
                self._move(errand, state="failed", error={"kind": kind, "message": f"{type(error).__name__}: {error}"[:400]})

    def _written(self, brief, packed, frames, rate):
        return {
            "brief": brief["id"],
            "format": "wav",
            "bytes": len(packed),
            "sha256": hashlib.sha256(packed).hexdigest(),
            "frames": frames,
            "rate": rate,
            "licence": self.maker.licence,
            "provenance": {"backend": "audiocraft", "model": self.maker.model, "seed": str(brief["seed"])},
        }


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "SonicForge-audiocraft"
    timeout = 60
    shop: Shop
    key: Key

    def do_GET(self):
        self._serve()

    def do_POST(self):
        self._serve()

    def do_DELETE(self):
        self._serve()

    def log_message(self, *_):
        """Nothing: the station logs what matters."""

    def _serve(self):
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self.close_connection = True
            self._answer(413, {"error": "the body is larger than a megabyte"})
            return
        body = self.rfile.read(int(length))
        address = urlsplit(self.path)
        if address.path == "/health":
            self._answer(200, {"status": "ok"})
            return
        if self.key is not None:
            fault = self.key.fault(self.command, self.path, self.headers, body)
            if fault:
                self._answer(401, {"error": fault})
                return
        self._answer(*self._reply(address.path.strip("/").split("/"), parse_qs(address.query), body))

    def _reply(self, path, query, body):
        """(status, what) for a request whose signature is right."""
        shop, number = self.shop, path[2] if len(path) > 2 else ""
        if (self.command, path) == ("GET", ["v1", "about"]):
            maker = shop.maker
            about = {"protocol": PROTOCOL, "name": "audiocraft", "version": maker.model, "most_at_once": maker.most_at_once}
            return 200, {**about, "places": PLACES, "licences": [maker.licence]}
        if (self.command, path) == ("POST", ["v1", "errands"]):
            return self._taken_on(body)
        errand = shop.find(number) if path[:2] == ["v1", "errands"] else None
        if errand is None:
            return 404, {"error": "this errand is not known here"}
        if self.command == "DELETE" and len(path) == 3:
            shop.call_off(number)
            return 204, b""
        if self.command == "GET" and len(path) == 3:
            until = time.monotonic() + min(LONGEST_POLL_SECONDS, _number(query, "wait", 0))
            with shop.moved:
                if errand.state not in ENDED:
                    shop.moved.wait(max(0.0, until - time.monotonic()))
                return 200, shop.told(errand)
        if self.command == "GET" and len(path) == 5 and path[3] == "takes" and path[4].isdecimal() and int(path[4]) < len(errand.sounds):
            start, size = _number(query, "from", 0), min(LARGEST_PIECE, _number(query, "bytes", LARGEST_PIECE))
            return 200, errand.sounds[int(path[4])][start : start + size]
        return 404, {"error": "there is nothing at this address"}

    def _taken_on(self, body):
        try:
            asked = json.loads(body)
            briefs = asked["briefs"]
            fit = ID.fullmatch(asked["id"]) and 0 < len(briefs) <= 64 and "wav" in asked["formats"]
            fit = fit and all(ID.fullmatch(one["id"]) and 1 <= one["seconds"] <= 600 and 0 <= one["seed"] < 2**63 for one in briefs)
            fit = fit and all(isinstance(one["genre"], str) for one in briefs)
        except (ValueError, KeyError, TypeError, AttributeError):
            fit = False
        if not fit:
            return 400, {"error": "this is no errand, or one for which WAV is not wanted"}
        try:
            errand = self.shop.take_on(asked["id"], briefs)
        except queue.Full:
            return 503, {"error": "every place in the queue is taken"}
        return 202, self.shop.told(errand)

    def _answer(self, status, what):
        sent = what if isinstance(what, bytes) else json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/octet-stream" if isinstance(what, bytes) else "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(sent)))
        if status == 503:
            self.send_header("Retry-After", "5")
        if self.key is not None and status != 401:
            nonce = self.headers.get("X-SonicForge-Nonce", "")
            self.send_header("X-SonicForge-Signature", self.key.sign("answer", str(status), nonce, hashlib.sha256(sent).hexdigest()))
        self.end_headers()
        self.wfile.write(sent)


def _number(query, name, default):
    given = query.get(name, [""])[0]
    return int(given) if re.fullmatch(r"[0-9]{1,12}", given) else default


def _is_loopback(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def main():
    parser = argparse.ArgumentParser(description="makes takes by audiocraft for SonicForge stations")
    parser.add_argument("--listen", default="127.0.0.1:8100", metavar="HOST:PORT")
    parser.add_argument("--key-file", type=Path, metavar="FILE", help="or SONICFORGE_WORKER_KEY")
    parser.add_argument("--model", default="facebook/musicgen-medium", help="a name on Hugging Face, or a folder")
    parser.add_argument("--licence", default="CC-BY-NC-4.0", help="of the weights; audiocraft's own are all under this one")
    parser.add_argument("--commercial-ok", action="store_true", help="the licence lets a station that earns money air it")
    told = parser.parse_args()
    secret = (told.key_file.read_text() if told.key_file else os.environ.get("SONICFORGE_WORKER_KEY", "")).strip().encode()
    host, _, port = told.listen.rpartition(":")
    host = host.strip("[]")
    if not host or not re.fullmatch(r"[0-9]{1,5}", port):
        parser.error("--listen is HOST:PORT, like 127.0.0.1:8100")
    if secret and len(secret) < 32:
        parser.error("a key has 32 characters or more: openssl rand -hex 32 makes one")
    if not secret and not _is_loopback(host):
        parser.error("without a key only 127.0.0.1 may be listened on")
    Handler.shop = Shop(Audiocraft(told.model, told.licence, told.commercial_ok))
    Handler.key = Key(secret) if secret else None
    server = ThreadingHTTPServer((host, int(port)), Handler)
    server.daemon_threads = True
    print(f"listening on {host}:{server.server_address[1]}", file=sys.stderr, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
