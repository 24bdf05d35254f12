"""Where the embedded server lies: private, reachable for its user, and never at the cost of anybody else's folders."""

import os
import stat
from pathlib import Path

import pytest

from control.database.embedded.errors import NotOurs, NoUser
from control.database.embedded.home import Home, User, choose_home, may_pass
from control.database.link import DatabaseLink

ME = User("me", os.geteuid(), os.getegid())
STRANGER = User("stranger", 54_321, 54_321)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_made_private_and_nothing_above_it_changes(tmp_path: Path) -> None:
    above = tmp_path / "state"
    above.mkdir(mode=0o750)
    home = Home(above / "postgres", ME)
    home.make()
    assert {mode(folder) for folder in (home.root, home.logs, home.socket_folder)} == {0o700}
    assert mode(above) == 0o750
    home.make()  # again, as at every start


def test_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    with pytest.raises(NotOurs, match="stranger"):
        Home(tmp_path / "postgres", STRANGER).make()


def test_link_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "postgres").symlink_to(tmp_path / "other")
    with pytest.raises(NotOurs):
        Home(tmp_path / "postgres", ME).make()


def test_files_are_never_written_through_a_link(tmp_path: Path) -> None:
    home = Home(tmp_path / "postgres", ME)
    home.make()
    precious = tmp_path / "precious"
    precious.write_text("precious")
    for name in ("pg_hba.conf", f".pg_hba.conf.{os.getpid()}"):
        (home.root / name).symlink_to(precious)
    written = home.write("pg_hba.conf", "rules")
    assert precious.read_text() == "precious"
    assert written.read_text() == "rules"
    assert mode(written) == 0o600


def test_way_through_folders(tmp_path: Path) -> None:
    inner = tmp_path / "barred" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "barred").chmod(0o700)
    assert may_pass(ME, inner)
    assert not may_pass(STRANGER, inner)


def test_long_path_has_its_socket_elsewhere(tmp_path: Path) -> None:
    near = Home(Path("/srv/radio/state/postgres"), ME)
    far = Home(tmp_path / ("x" * 100) / "postgres", ME)
    assert near.socket_folder == near.root / "socket"
    assert len(str(far.socket_folder / ".s.PGSQL.5432.lock")) < 107
    assert far.socket_folder != Home(tmp_path / ("y" * 100) / "postgres", ME).socket_folder


def test_url_bears_strange_folders() -> None:
    url = Home(Path("/srv/my radio & co/postgres"), ME).url()
    assert url == "postgresql://sonicforge@/sonicforge?host=/srv/my%20radio%20%26%20co/postgres/socket"
    assert DatabaseLink(url).url == url


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user for it")
def test_barred_way_leads_elsewhere(tmp_path: Path) -> None:
    barred = tmp_path / "barred"
    barred.mkdir(mode=0o700)
    elsewhere = tmp_path / "elsewhere"
    home = choose_home(barred / "postgres", "nobody", elsewhere)
    assert elsewhere in home.root.parents
    assert home.user.uid != 0
    assert not elsewhere.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user for it")
@pytest.mark.parametrize("name", ["root", "nobody-of-that-name"])
def test_no_user_to_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoUser, match=name):
        choose_home(tmp_path, name)
