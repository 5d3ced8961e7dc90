"""Which texts are origins, and how the setting reads a list of them."""

import re

import pytest
from pydantic import ValidationError

from service.settings import Settings
from service.values.origins import LOOPBACK_ORIGIN, parse_origin, parse_origins


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://app.example.com", "https://app.example.com"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("HTTPS://App.Example.com:8443", "https://app.example.com:8443"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://10.0.0.7", "http://10.0.0.7"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("http://my_host:81", "http://my_host:81"),
    ],
)
def test_an_origin_is_taken_in_lower_case(text: str, origin: str) -> None:
    assert parse_origin(text) == origin


BEGINNING = "it does not begin with http:// or https://"
ENDING = "it ends with the host or the port, without a path or a slash"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("app.example.com", BEGINNING),
        ("ftp://app.example.com", BEGINNING),
        ("null", BEGINNING),
        ("https://", BEGINNING),
        ("https://app.example.com/", ENDING),
        ("https://app.example.com/path", ENDING),
        ("https://app.example.com?a", ENDING),
        ("https://app.example.com#a", ENDING),
        ("https://app.example\n.com", ENDING),
        ("https://*.example.com", '"*.example.com" is not a host with an optional port'),
        ("https://ann@example.com", '"ann@example.com" is not a host with an optional port'),
        ("https://app example.com", '"app example.com" is not a host with an optional port'),
        ("https://bücher.example", '"bücher.example" is not a host with an optional port'),
        ("https://app.example.com:", '"app.example.com:" is not a host with an optional port'),
        ("https://app.example.com:08443", '"app.example.com:08443" is not a host with an optional port'),
        ("https://app.example.com:443", "browsers leave the default port 443 of https out"),
        ("http://app.example.com:80", "browsers leave the default port 80 of http out"),
        ("http://app.example.com:99999", "Port out of range 0-65535"),
        ("http://[::1", "Invalid IPv6 URL"),
    ],
)
def test_what_is_no_origin_is_named_with_the_reason(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=r"is not an origin") as raised:
        parse_origin(text)
    example = "Write it as https://app.example.com or http://localhost:3000."
    assert str(raised.value) == f'"{text}" is not an origin: {problem}. {example}'


def test_a_list_is_separated_by_commas() -> None:
    assert parse_origins(" https://a.example , http://localhost:3000,") == (
        "https://a.example",
        "http://localhost:3000",
    )
    assert parse_origins("") == parse_origins(" , ") == ()
    assert parse_origins("*") == ("*",)
    with pytest.raises(ValueError, match=r'^"\*" allows every origin and stands alone\.$'):
        parse_origins("https://a.example,*")


def test_the_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().cors_origins == ()
    monkeypatch.setenv("OKRGRAPH_CORS_ORIGINS", "https://a.example,http://localhost:3000")
    assert Settings().cors_origins == ("https://a.example", "http://localhost:3000")
    monkeypatch.setenv("OKRGRAPH_CORS_ORIGINS", "https://a.example,https://b.example/")
    with pytest.raises(ValidationError) as raised:
        Settings()
    [error] = raised.value.errors()
    assert error["loc"] == ("cors_origins",)
    assert error["msg"].startswith(f'Value error, "https://b.example/" is not an origin: {ENDING}.')


@pytest.mark.parametrize(
    ("origin", "is_loopback"),
    [
        ("http://localhost", True),
        ("https://localhost:5173", True),
        ("http://app.localhost:3000", True),
        ("http://a.b.localhost", True),
        ("http://127.0.0.1:8000", True),
        ("http://127.255.1.9", True),
        ("http://[::1]:3000", True),
        ("null", False),
        ("http://localhost.example.com", False),
        ("http://notlocalhost", False),
        ("http://127.0.0.1.example.com", False),
        ("http://127.0.0.1:3000.example.com", False),
        ("http://128.0.0.1", False),
        ("http://[::2]", False),
        ("http://localhost:3000/", False),
        ("http://localhost\n", False),
        ("ftp://localhost", False),
    ],
)
def test_loopback_origins(origin: str, is_loopback: bool) -> None:
    assert bool(re.fullmatch(LOOPBACK_ORIGIN, origin)) is is_loopback
