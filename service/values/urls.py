"""Addresses that clients show as links and pictures: http and https only, and nothing that misleads."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from service.errors import Refusal

MAX_URL_LENGTH = 2_000


class UrlInvalid(Refusal):
    """`{name}` is no address that can be kept: {problem}. Send one that begins with https:// or http://."""

    meaning = (
        "Text of `<name>` that is no address which can be kept: <problem>. Send an absolute address that begins with "
        "https:// or http://, without spaces, control characters, user names and passwords."
    )


def check_url(url: str, field: str) -> Iterator[Refusal]:
    """Yields UrlInvalid. The length is a limit of the column."""
    problem = _find_problem(url)
    if problem is not None:
        yield UrlInvalid((field,), name=field, problem=problem)


def _find_problem(url: str) -> str | None:
    # Browsers leave out tabs and line breaks, and take a backslash for a slash. Invisible characters turn texts around.
    if not url.isprintable() or " " in url or "\\" in url:
        return "it has a space, a backslash or a character that cannot be seen"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "its host or its port is malformed"
    if parts.scheme not in ("http", "https"):
        return "its scheme is neither http nor https"
    if not host or not url[len(parts.scheme) :].startswith("://"):
        return "it has no host"
    if "@" in parts.netloc:
        return "it has a user name or a password"
    return None
