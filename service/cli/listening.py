"""The address that the server listens on."""

import errno
import socket
from typing import NoReturn

from service.cli.console import UNAVAILABLE, fail


def ensure_port_free(host: str, port: int) -> None:
    """Exits with 3 if the address cannot be bound. Called before the database starts."""
    # A name may resolve to several addresses; the first one is checked.
    _bind(host, port, count=1)[0].close()


def bind_sockets(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of the host, bound and not listening yet. Exits with 3 if one cannot be bound."""
    return _bind(host, port)


def _bind(host: str, port: int, count: int | None = None) -> list[socket.socket]:
    try:
        # The same address may be listed for several protocols.
        addresses = list(dict.fromkeys(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    except (OSError, UnicodeError):
        fail(
            f"HOST {host!r} is no address:",
            "name one of this machine, or a name for one.",
            code=UNAVAILABLE,
        )
    sockets: list[socket.socket] = []
    for family, kind, protocol, _, address in addresses[:count]:
        sockets.append(socket.socket(family, kind, protocol))
        sockets[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # IPv4 addresses have a socket of their own.
            sockets[-1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            sockets[-1].bind(address)
        except OSError as error:
            for each in sockets:
                each.close()
            _refuse(host, port, error)
    return sockets


def _refuse(host: str, port: int, error: OSError) -> NoReturn:
    is_foreign_address = error.errno == errno.EADDRNOTAVAIL
    advice = "Choose another HOST." if is_foreign_address else "Choose another with PORT."
    fail(f"Port {port} of {host} cannot be used:", f"{error.strerror}. {advice}", code=UNAVAILABLE)
