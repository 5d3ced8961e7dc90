"""Failures are counted by address for a minute, in bounded memory."""

import pytest

from service.http.throttle import MAX_ADDRESSES, Throttle, network_of


class Timer:
    """Seconds, as the test sets them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_minute_begins_with_the_first_failure_and_ends_once() -> None:
    timer = Timer()
    throttle = Throttle(3, timer)
    throttle.count("10.0.0.1")
    timer.now += 40
    throttle.count("10.0.0.1")
    assert throttle.seconds_left("10.0.0.1") == 0
    throttle.count("10.0.0.1")
    assert [throttle.seconds_left(each) for each in ("10.0.0.1", "10.0.0.2")] == [20, 0]
    timer.now += 19.5
    assert throttle.seconds_left("10.0.0.1") == 1
    timer.now += 0.5
    assert throttle.seconds_left("10.0.0.1") == 0
    throttle.count("10.0.0.1")
    assert throttle.seconds_left("10.0.0.1") == 0


def test_as_many_addresses_are_remembered_as_there_is_memory_for() -> None:
    throttle = Throttle(1, Timer())
    for number in range(MAX_ADDRESSES + 10):
        throttle.count(f"name {number}")
    assert throttle.seconds_left("name 9") == 0
    assert throttle.seconds_left("name 10") == 60
    assert throttle.seconds_left(f"name {MAX_ADDRESSES + 9}") == 60


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("a socket", "a socket"),
    ],
)
def test_of_ipv6_a_network_counts(address: str, expected: str) -> None:
    assert network_of(address) == expected
