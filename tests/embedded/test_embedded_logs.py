"""What went wrong is in the error, and the log that it comes from does not grow for ever."""

import pytest

from service.embedded import EmbeddedPostgresError, running


def test_a_failed_start_shows_the_end_of_the_log(ready_folder):
    with running(ready_folder) as cluster:
        pass
    with (cluster.data / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(EmbeddedPostgresError) as refused, running(ready_folder):
        pass
    assert str(cluster.log) in str(refused.value)
    assert 'unrecognized configuration parameter "no_such_setting"' in str(refused.value)


def test_a_failed_initdb_shows_the_end_of_the_log_and_leaves_no_data(folder, monkeypatch):
    monkeypatch.setattr("service.embedded.data.SYSTEM_LOCALE", "no_such_locale")
    with pytest.raises(EmbeddedPostgresError, match='invalid locale name "no_such_locale"'), running(folder):
        pass
    assert not list((folder / "postgres").glob("data*"))


def test_a_long_log_is_put_aside(ready_folder, monkeypatch):
    with running(ready_folder) as cluster:
        pass
    monkeypatch.setattr("service.embedded.logs.MAX_LOG_BYTES", 10)
    with running(ready_folder):
        assert cluster.log.read_text().count("starting PostgreSQL") == 1
    assert cluster.log.with_suffix(".log.old").read_text().count("starting PostgreSQL") == 1
