"""The address that the server listens on."""

import errno
import socket
import sys
from typing import NoReturn

from service.cli.console import UNAVAILABLE, fail

# Linux distributes connections evenly over sockets that share a port. Others give all of them to one socket.
DISTRIBUTES_CONNECTIONS = sys.platform == "linux"


class ReservedPort:
    """The addresses of a host and a port, bound by sockets that never listen.

    On Linux each worker process listens on sockets of its own: of one shared socket, whichever process is awake takes
    all connections that wait. Exits with 3 if an address cannot be bound.
    """

    def __init__(self, host: str, port: int) -> None:
        self._sockets = _bind(host, port, shared=True)

    def open(self) -> list[socket.socket]:
        """Sockets for one worker, to be closed once it has inherited them. Raises OSError."""
        if not DISTRIBUTES_CONNECTIONS:
            return [each.dup() for each in self._sockets]
        return [_bind_address(each.family, each.getsockname(), shared=True) for each in self._sockets]

    def close(self) -> None:
        """Gives the port up."""
        for each in self._sockets:
            each.close()


def ensure_port_free(host: str, port: int) -> None:
    """Exits with 3 if the address cannot be bound. Called before the database starts."""
    # A name may resolve to several addresses; the first one is checked.
    _bind(host, port, count=1)[0].close()


def _bind(host: str, port: int, count: int | None = None, *, shared: bool = False) -> list[socket.socket]:
    """Sockets of the first `count` addresses of a host; by default of all. Exits with 3 if one cannot be bound."""
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        fail(
            f"HOST {host!r} is no address:",
            "name one of this machine, or a name for one.",
            code=UNAVAILABLE,
        )
    sockets: list[socket.socket] = []
    for family, _, _, _, address in list(dict.fromkeys(addresses))[:count]:
        try:
            sockets.append(_bind_address(family, address, shared=shared))
        except OSError as error:
            for each in sockets:
                each.close()
            _refuse(host, port, error)
    return sockets


def _bind_address(family: int, address: tuple[object, ...], *, shared: bool) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # IPv4 addresses have a socket of their own.
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if shared and DISTRIBUTES_CONNECTIONS:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind(address)
    except BaseException:
        bound.close()
        raise
    return bound


def _refuse(host: str, port: int, error: OSError) -> NoReturn:
    is_foreign_address = error.errno == errno.EADDRNOTAVAIL
    advice = "Choose another HOST." if is_foreign_address else "Choose another with PORT."
    fail(f"Port {port} of {host} cannot be used:", f"{error.strerror}. {advice}", code=UNAVAILABLE)
