"""Decides who finds the API key of the demo already filled in: a person at the machine that runs it."""

import re
from ipaddress import IPv6Address, ip_address

from starlette.requests import Request

LOCAL_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
# A proxy on this machine makes everybody a loopback peer. A page of another origin says by `Origin` that it asks.
MARKS_OF_OTHERS = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "origin")


def may_see_key(request: Request) -> bool:
    """Whether a request for the page comes from a browser on this machine that opens it under a local name.

    The name is checked because a page of any site can have its own name resolve to loopback.
    """
    hosts = request.headers.getlist("host")
    return (
        request.client is not None
        and is_loopback(request.client.host)
        and len(hosts) == 1
        and LOCAL_HOST.fullmatch(hosts[0]) is not None
        and not any(mark in request.headers for mark in MARKS_OF_OTHERS)
    )


def is_loopback(address: str) -> bool:
    """Whether an IP address, also an IPv4 one written as IPv6, is of this machine itself."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return (mapped or parsed).is_loopback
