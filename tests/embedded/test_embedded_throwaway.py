"""Throwaway clusters leave nothing behind, and nothing else is ever thrown away."""

import fcntl
import tempfile
from pathlib import Path

import pytest

from service.embedded import EmbeddedPostgresError, running, throwaway, throwaway_folder
from service.embedded.locks import try_lock
from tests.embedded.conftest import take_lock


def test_the_last_one_out_removes_the_folder(folder, hold):
    first = hold(folder, "throwaway")
    assert first.facts
    with running(folder, throwaway=True):
        first.leave()
        assert folder.exists()
    assert not folder.exists()


def test_it_can_be_made_anew_while_others_leave(folder, hold):
    for held in [hold(folder, "throwaway") for _ in range(3)]:
        held.leave()
    assert not folder.exists()


def test_a_lock_on_a_file_that_was_just_removed_does_not_count(folder, monkeypatch):
    path, flock = folder / "some.lock", fcntl.flock

    def removed_meanwhile(file, operation):
        monkeypatch.setattr(fcntl, "flock", flock)
        path.unlink()
        return flock(file, operation)

    monkeypatch.setattr(fcntl, "flock", removed_meanwhile)
    with take_lock(path):
        assert try_lock(path) is None
    with take_lock(path, shared=True), take_lock(path, shared=True):
        assert try_lock(path) is None


def test_files_of_others_in_the_folder_stay(folder):
    (folder / "mine.txt").write_text("kept")
    with running(folder, throwaway=True):
        pass
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


def test_durable_data_is_not_thrown_away(ready_folder):
    with running(ready_folder) as cluster:
        pass
    with pytest.raises(EmbeddedPostgresError, match="is durable"), running(ready_folder, throwaway=True):
        pass
    assert (cluster.data / "PG_VERSION").exists()


def test_throwaway_data_is_not_taken_for_durable(folder):
    with running(folder, throwaway=True):
        with pytest.raises(EmbeddedPostgresError, match="is throwaway"), running(folder):
            pass
        assert folder.exists()


def test_the_next_folder_clears_away_what_a_killed_process_left(hold, runs):
    used, orphaned = throwaway_folder(), throwaway_folder()
    killed = hold(orphaned, "throwaway")
    server = killed.server
    with running(used, throwaway=True):
        killed.kill()
        assert runs(server)
        throwaway_folder().rmdir()
        assert not orphaned.exists()
        assert not runs(server)
        assert used.exists()


def test_the_folder_lies_in_memory_where_there_is_room(monkeypatch):
    memory = Path("/dev/shm")
    if not throwaway.has_room(memory):
        pytest.skip("no gigabyte in /dev/shm")
    new_folder = throwaway_folder()
    new_folder.rmdir()
    assert new_folder.parent == memory
    monkeypatch.setattr(throwaway, "MIN_FREE_BYTES", 1 << 60)
    new_folder = throwaway_folder()
    new_folder.rmdir()
    assert new_folder.parent == Path(tempfile.gettempdir())


def test_without_shared_memory_the_folder_lies_on_disk(monkeypatch):
    monkeypatch.setattr(throwaway, "MEMORY_FOLDER", Path("/no/such/folder"))
    new_folder = throwaway_folder()
    new_folder.rmdir()
    assert new_folder.parent == Path(tempfile.gettempdir())
