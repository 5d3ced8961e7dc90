"""Addresses that are kept, and those that are refused: other schemes, hidden characters, credentials."""

import pytest

from service.values.urls import check_url


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "http://example.com/",
        "HTTPS://Example.com:8443/a/b?c=d&e=%20#f",
        "https://[2001:db8::1]/x",
        "https://bücher.example/größe",
        "https://example.com/@pat/a:b",
        "https://example.com?x=javascript:alert(1)",
    ],
)
def test_an_address_is_kept(url: str) -> None:
    assert list(check_url(url, "url")) == []


@pytest.mark.parametrize(
    "url",
    [
        *("", " ", "x", "/x", "//example.com/x", "example.com", "www.example.com/x"),
        *("javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)"),
        *("data:text/html,x", "file:///etc/passwd", "ftp://example.com", "vbscript:x", "blob:https://example.com/x"),
        *("https:", "https:/", "https://", "https:///x", "https:example.com", "https:/example.com", "https://?x"),
        *("https://example.com/a b", "https://example.com/\n", "https://example.com\t/", "https://exa\u200bmple.com"),
        *("https://example.com/\u202egnp", "https://example.com/\x00", "https://example.com/\ud800"),
        *("https://pat@example.com", "https://pat:secret@example.com/x", "https://example.com\\@evil.example/"),
        *("https://example.com:port/", "https://example.com:99999/", "https://[::1", "https://[x]/"),
    ],
)
def test_an_address_is_refused(url: str) -> None:
    [refusal] = check_url(url, "avatarUrl")
    assert (refusal.code, refusal.field) == ("URL_INVALID", ("avatarUrl",))
