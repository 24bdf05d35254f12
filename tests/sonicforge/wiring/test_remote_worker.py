"""A studio for hire: its key, its address, and the lineup behind it."""

import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from control.remote_worker.workshop import WorkshopLimits
from generation.backend import Progress, unheard
from generation.brief import Brief
from generation.errors import BackendAway, CalledOff, GenerationFailed
from generation.licence import OURS, Licence
from generation.lineup import Lineup
from generation.take import Take
from sonicforge.config import InvalidConfiguration
from sonicforge.wiring.remote_worker import KEY_VARIABLE, about, listen_at, make_by, worker_key
from tests.generation.remote.far_worker import BRIEF, KEY, take_of


class Fake:
    """A backend that makes tones, or raises."""

    def __init__(self, name: str, error: Exception | None = None, most: int = 1) -> None:
        self.name, self.error, self.most_at_once = name, error, most
        self.licence: Licence = OURS
        self.calls = 0

    def make(self, brief: Brief, progress: Progress) -> Take:
        return self.make_all([brief], progress)[0]

    def make_all(self, briefs: Sequence[Brief], progress: Progress) -> list[Take]:
        self.calls += 1
        progress(0.5, "playing")
        if self.error:
            raise self.error
        return [take_of(brief) for brief in briefs]

    def close(self) -> None: ...


def lineup(*fakes: Fake) -> Lineup:
    return Lineup(fakes, lambda: 0.0)


def test_the_next_backend_makes_what_the_first_cannot() -> None:
    broken, well = Fake("acestep", BackendAway("no GPU"), most=4), Fake("procedural")
    takes = make_by(lineup(broken, well))([BRIEF, BRIEF], unheard)
    assert len(takes) == 2
    assert (broken.calls, well.calls) == (1, 2)


def test_when_none_can_it_is_the_last_one_s_reason() -> None:
    with pytest.raises(GenerationFailed, match="out of ideas"):
        make_by(lineup(Fake("a", BackendAway("no GPU")), Fake("b", GenerationFailed("out of ideas"))))([BRIEF], unheard)


def test_called_off_it_asks_nobody_else() -> None:
    def progress(_done: float, _doing: str) -> None:
        raise CalledOff

    second = Fake("b")
    with pytest.raises(CalledOff):
        make_by(lineup(Fake("a"), second))([BRIEF], progress)
    assert second.calls == 0


def test_who_it_says_it_is() -> None:
    told = about(lineup(Fake("acestep", most=8), Fake("procedural")), WorkshopLimits(places=3))
    assert (told.name, told.most_at_once, told.places, told.protocol) == ("acestep, procedural", 8, 3, 1)
    assert [one.name for one in told.licences] == ["CC0-1.0", "CC0-1.0"]


def test_the_key_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    file.chmod(0o600)
    assert worker_key(None, {}) is None
    told = [worker_key(file, {}), worker_key(None, {KEY_VARIABLE: KEY})]
    assert len({one.of_answer(200, "", b"") for one in told if one}) == 1


def test_a_key_that_others_may_read_or_is_none_is_refused_unseen(tmp_path: Path) -> None:
    file = tmp_path / "key"
    with pytest.raises(InvalidConfiguration, match="No such file"):
        worker_key(file, {})
    file.write_text("hunter2")
    with pytest.raises(InvalidConfiguration, match="chmod 600"):
        worker_key(file, {})
    file.chmod(0o600)
    for told in ((file, {}), (None, {KEY_VARIABLE: "hunter2"})):
        with pytest.raises(InvalidConfiguration, match="32 characters") as raised:
            worker_key(*told)
        assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("address", ["8100", "gpu", ":8100", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:70000"])
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(InvalidConfiguration, match="HOST:PORT"):
        listen_at(address, signed=True)


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", "192.0.2.7:0", "[::ffff:192.0.2.7]:0", "gpu.example:0"])
def test_beyond_this_machine_only_with_a_key(address: str) -> None:
    with pytest.raises(InvalidConfiguration, match="give it a key"):
        listen_at(address, signed=False)


@pytest.mark.parametrize(("address", "signed"), [("127.0.0.1:0", False), ("localhost:0", False), ("0.0.0.0:0", True)])
def test_where_it_may_listen(address: str, signed: bool) -> None:
    with listen_at(address, signed) as listening:
        assert listening.getsockname()[1] > 0


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(InvalidConfiguration, match="cannot listen there"):
        listen_at(f"127.0.0.1:{taken.getsockname()[1]}", signed=True)
