"""Parses the web origins that an operator allows: scheme, host and port as in the header `Origin`."""

import re
from urllib.parse import urlsplit

ANY_ORIGIN = "*"
LOOPBACK_ORIGIN = r"https?://(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?"
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def parse_origins(text: str) -> tuple[str, ...]:
    """The origins of a comma-separated list, or `("*",)`. Raises a ValueError that names the invalid origin."""
    origins = tuple(entry.strip() for entry in text.split(",") if entry.strip())
    if ANY_ORIGIN in origins and len(origins) > 1:
        raise ValueError('"*" allows every origin and stands alone.')
    return origins if origins == (ANY_ORIGIN,) else tuple(parse_origin(origin) for origin in origins)


def parse_origin(text: str) -> str:
    """A valid origin in lower case, such as `https://app.example.com`. Raises ValueError."""
    example = "Write it as https://app.example.com or http://localhost:3000."
    problem = find_problem(text)
    if problem:
        raise ValueError(f'"{text}" is not an origin: {problem}. {example}')
    return text.lower()


def find_problem(text: str) -> str | None:
    """Why a string is not an origin; None if it is one."""
    try:
        parts = urlsplit(text.lower())
        port = parts.port
    except ValueError as error:
        return str(error).rstrip(".")
    if parts.scheme not in _DEFAULT_PORTS or not parts.netloc:
        return "it does not begin with http:// or https://"
    if f"{parts.scheme}://{parts.netloc}" != text.lower():
        return "it ends with the host or the port, without a path or a slash"
    host = parts.netloc.removesuffix(f":{port}")
    if not _HOST.fullmatch(host) or parts.netloc.endswith(":"):
        return f'"{parts.netloc}" is not a host with an optional port'
    if port == _DEFAULT_PORTS[parts.scheme]:
        return f"browsers leave the default port {port} of {parts.scheme} out"
    return None
