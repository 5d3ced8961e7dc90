"""The lag of a replica, from positions alone."""

from hypothesis import given
from hypothesis import strategies as st

from service.postgres.replication_lag import MAX_SAMPLES, ReplicationLag


def test_nothing_is_known_until_it_has_caught_up_once() -> None:
    lag = ReplicationLag()
    assert (lag.replayed, lag.seconds(0)) == (-1, None)
    lag.note_replayed(5)
    lag.note_primary(10, at=1)
    assert lag.seconds(100) is None
    lag.note_replayed(10)
    assert lag.seconds(100) == 0


def test_it_is_the_age_of_the_oldest_position_that_is_missing() -> None:
    lag = ReplicationLag()
    lag.note_replayed(10)
    for at, position in ((1, 10), (2, 20), (3, 20), (4, 30)):
        lag.note_primary(position, at)
    assert lag.seconds(5) == 3
    lag.note_replayed(25)
    assert lag.seconds(5) == 1
    lag.note_replayed(30)
    assert lag.seconds(500) == 0


def test_a_lower_position_is_that_of_another_replica() -> None:
    lag = ReplicationLag()
    lag.note_replayed(10)
    lag.note_primary(10, at=1)
    lag.note_replayed(4)
    assert (lag.replayed, lag.seconds(2)) == (4, None)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 50)), max_size=60))
def test_it_is_what_a_whole_history_says(steps: list[tuple[bool, int]]) -> None:
    lag, primary, replayed = ReplicationLag(), 0, 0
    samples: list[tuple[float, int]] = []
    for now, (is_primary, more) in enumerate(steps):
        if is_primary:
            primary += more
            samples.append((now, primary))
            lag.note_primary(primary, now)
        else:
            replayed = min(primary, replayed + more)
            lag.note_replayed(replayed)
    if any(position <= replayed for _, position in samples) and lag.replayed >= 0:
        missing = [at for at, position in samples if position > replayed]
        assert lag.seconds(100) == (100 - missing[0] if missing else 0)


def test_a_long_lag_takes_little_memory_and_keeps_its_age() -> None:
    lag = ReplicationLag()
    lag.note_replayed(0)
    lag.note_primary(0, at=0)
    for at in range(1, 10 * MAX_SAMPLES):
        lag.note_primary(at, at)
    assert lag.seconds(10 * MAX_SAMPLES) == 10 * MAX_SAMPLES - 1
    assert len(lag._pending) <= MAX_SAMPLES
    lag.note_replayed(9 * MAX_SAMPLES)
    seconds = lag.seconds(10 * MAX_SAMPLES)
    assert seconds is not None
    assert seconds <= MAX_SAMPLES
