"""How long to wait before each try to restart the server."""

from service.embedded.backoff import restart_delay


def test_delays_double_up_to_half_a_minute():
    assert [restart_delay(failures) for failures in range(8)] == [1, 2, 4, 8, 16, 30, 30, 30]


def test_the_delay_of_a_server_that_is_down_for_a_year():
    assert restart_delay(1_000_000) == 30
