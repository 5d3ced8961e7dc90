"""Decides whether a request may see the API key of the demo: only a browser on the same machine."""

import re
from ipaddress import IPv6Address, ip_address

from starlette.requests import Request

LOCAL_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
# Headers of proxies, which make every client a loopback peer, and `Origin`, which pages of other origins send.
FOREIGN_HEADERS = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "origin")


def may_see_key(request: Request) -> bool:
    """Whether a request comes from a browser on this machine that opened the page under a local host name.

    The name is checked because the host name of any site can resolve to loopback.
    """
    hosts = request.headers.getlist("host")
    return (
        request.client is not None
        and is_loopback(request.client.host)
        and len(hosts) == 1
        and LOCAL_HOST.fullmatch(hosts[0]) is not None
        and not any(header in request.headers for header in FOREIGN_HEADERS)
    )


def is_loopback(address: str) -> bool:
    """Whether an IP address, possibly IPv4 mapped to IPv6, is a loopback address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return (mapped or parsed).is_loopback
