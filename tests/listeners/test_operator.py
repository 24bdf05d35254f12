"""What an operator does: starts it wrongly, steers it, ends it, starts it again."""

import json
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.listeners.station import RunningStation, free_port, running_station, start, surroundings

pytestmark = pytest.mark.real


def refused(folder: Path, port: int | None = None, **settings: str) -> str:
    """The one line with which a station refuses to start."""
    done = subprocess.run(
        [sys.executable, "-m", "sonicforge", "serve"],
        cwd=folder,
        env=surroundings(port or free_port(), folder, settings),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"127.0.0.1:{port}" in refused(tmp_path, port)


def test_a_missing_media_folder_is_one_line(tmp_path: Path) -> None:
    assert "media.folder" in refused(tmp_path, MEDIA__FOLDER=str(tmp_path / "nowhere"))


def test_a_state_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "file").write_text("")
    assert "state.folder" in refused(tmp_path, STATE__FOLDER=str(tmp_path / "file" / "state"))


def test_bad_configuration_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[server]\nprot = 1\n")
    assert "server.prot" in refused(tmp_path)


def test_a_second_station_in_the_same_state_folder_is_refused(library_station: RunningStation) -> None:
    assert "in use by process" in refused(library_station.folder)


def test_the_control_socket_is_the_owner_s_alone(library_station: RunningStation) -> None:
    sockets = list((library_station.folder / "state" / "run").glob("main.control")) or list(Path("/tmp").glob("sonicforge-*/main.control"))
    assert sockets
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in sockets)


def test_it_is_steered_from_the_command_line(library_station: RunningStation) -> None:
    library_station.until(lambda: json.loads(library_station.ctl("tracks", "--json").stdout)["found"] > 3, 60, "several files taken in")
    tracks = json.loads(library_station.ctl("tracks", "--json").stdout)["tracks"]
    wanted = next(track for track in tracks if track["title"] != library_station.title_on_air())
    assert "Done" in library_station.ctl("queue", "add", wanted["id"], "0").stdout
    seen = library_station.ctl("queue").stdout + library_station.ctl("status").stdout
    assert wanted["title"] in seen, "queued, or on the idle deck already"
    assert "Done" in library_station.ctl("skip").stdout
    library_station.until(lambda: library_station.title_on_air() == wanted["title"], 15, "the queued track on air after a skip")
    assert wanted["title"] in library_station.ctl("status").stdout


def test_nonsense_is_refused_in_words(library_station: RunningStation) -> None:
    done = library_station.ctl("queue", "add", "0123456789abcdef")
    assert done.returncode == 1
    assert "no track" in done.stderr
    assert library_station.ctl("dance").returncode == 2


def test_stop_leads_to_the_bed_and_start_back(library_station: RunningStation) -> None:
    library_station.ctl("stop")
    library_station.until(lambda: library_station.airs("bed"), 10, "the bed on air after stop")
    library_station.ctl("start")
    library_station.until(lambda: library_station.airs("library"), 15, "the programme on air after start")


def test_ctrl_c_leaves_no_process_and_a_second_start_takes_over_the_saved_state(tmp_path: Path) -> None:
    with running_station(tmp_path) as station:
        children = [pid for role in ("engine", "front", "worker") for pid in station.processes(role)]
        assert len(children) == 3
        before = json.loads(station.ctl("status", "--json").stdout)
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    with running_station(tmp_path, STUDIO__ENABLED="false") as station:
        after = json.loads(station.ctl("status", "--json").stdout)
    assert after["position"] > before["position"]
    assert after["sitting"] in (before["sitting"], before["sitting"] + 1)


@pytest.mark.long
def test_two_stations_at_once(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[stations.main]\n[stations.night]\ntitle = 'Night'\n")
    with running_station(tmp_path, STUDIO__ENABLED="false") as station:
        assert {one["station"]["shortcode"] for one in json.loads(station.fetch("/api/nowplaying"))} == {"main", "night"}
        assert station.now_playing("night")["station"]["name"] == "Night"
        for name in ("main", "night"):
            assert b"#EXT-X-STREAM-INF" in station.fetch(f"/hls/{name}/live.m3u8")


def test_a_killed_supervisor_leaves_no_process(tmp_path: Path) -> None:
    station = start(tmp_path, STUDIO__ENABLED="false")
    children = [pid for role in ("engine", "front", "worker") for pid in station.processes(role)]
    station.kill()
    station.until(lambda: not [pid for pid in children if Path(f"/proc/{pid}").exists()], 15, "no child outlives the supervisor")
