"""The port that workers share: each has a socket of its own, and nobody else gets the port."""

import socket
import sys

import pytest
import typer

from service.cli.listening import ReservedPort, ensure_port_free
from tests.kit.services import free_port

HOST = "127.0.0.1"
MESSAGE = "Port {port} of 127.0.0.1 cannot be used: Address already in use. Choose another with PORT.\n"


def accepted(listening: socket.socket) -> int:
    """The number of connections that wait at a socket."""
    listening.setblocking(False)
    count = 0
    try:
        while True:
            listening.accept()[0].close()
            count += 1
    except BlockingIOError:
        return count


def connected(port: int, count: int) -> None:
    for _ in range(count):
        socket.create_connection((HOST, port), 5).close()


@pytest.mark.skipif(sys.platform != "linux", reason="Others do not distribute connections over sockets.")
def test_connections_go_to_all_workers_that_are_left() -> None:
    port = free_port()
    reserved = ReservedPort(HOST, port)
    [first], [second] = reserved.open(), reserved.open()
    with pytest.raises(ConnectionRefusedError):
        connected(port, 1)
    first.listen(200)
    second.listen(200)
    connected(port, 100)
    counts = accepted(first), accepted(second)
    assert sum(counts) == 100
    # The chance of fewer than 20 at one of them is below one in a thousand million.
    assert min(counts) >= 20
    first.close()
    connected(port, 20)
    assert accepted(second) == 20
    [replacement] = reserved.open()
    replacement.listen(200)
    second.close()
    connected(port, 20)
    assert accepted(replacement) == 20
    replacement.close()
    reserved.close()
    ensure_port_free(HOST, port)


def test_a_port_of_a_service_cannot_be_used_by_another(capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    reserved = ReservedPort(HOST, port)
    sockets = reserved.open()
    for each in sockets:
        each.listen()
    with pytest.raises(typer.Exit) as exit:
        ensure_port_free(HOST, port)
    assert exit.value.exit_code == 3
    assert capsys.readouterr().err == MESSAGE.format(port=port)
    for each in sockets:
        each.close()
    reserved.close()
