"""What pip is set to, in uv's words."""

from pathlib import Path

import pytest

from tools.uv import has_system_certificates, parse_pip_config, uv_arguments, uv_variables

LISTED = r"""
:env:.cert='/variable.pem'
:env:.index-url='https://variable.test/simple'
download.proxy='from-download:3128'
download.timeout='60'
global.cert='/global.pem'
global.extra-index-url='\nhttps://one.test/simple\nhttps://two.test/simple'
global.index-url='https://global.test/simple'
global.timeout='30'
install.trusted-host='it\'s.test'
list.format='json'
wheel.find-links='/elsewhere'
nonsense
"""


def test_variables_go_before_sections_and_the_section_of_install_before_others() -> None:
    assert parse_pip_config(LISTED) == {
        "cert": "/variable.pem",
        "index-url": "https://variable.test/simple",
        "proxy": "from-download:3128",
        "timeout": "60",
        "extra-index-url": "\nhttps://one.test/simple\nhttps://two.test/simple",
        "trusted-host": "it's.test",
    }


SYSTEM = {"UV_SYSTEM_CERTS": "true"}
CASES: dict[str, tuple[dict[str, str], dict[str, str], dict[str, str]]] = {
    "nothing": ({}, {}, SYSTEM),
    "an index": ({"index-url": "https://a.test/simple"}, {}, {"UV_DEFAULT_INDEX": "https://a.test/simple", **SYSTEM}),
    "an index that uv was told": ({"index-url": "https://a.test"}, {"UV_DEFAULT_INDEX": "https://b.test"}, SYSTEM),
    "an index under its old name": ({"index-url": "https://a.test"}, {"UV_INDEX_URL": "https://b.test"}, SYSTEM),
    "an empty variable": (
        *({"index-url": "https://a.test"}, {"UV_DEFAULT_INDEX": ""}),
        {"UV_DEFAULT_INDEX": "https://a.test", **SYSTEM},
    ),
    "more indexes": (
        {"extra-index-url": "\nhttps://a.test/simple\nhttps://b.test/simple file:///missing/simple"},
        {},
        {
            "UV_INDEX": "https://a.test/simple https://b.test/simple",
            "UV_INDEX_STRATEGY": "unsafe-best-match",
            **SYSTEM,
        },
    ),
    "a strategy that uv was told": (
        {"extra-index-url": "https://a.test/simple"},
        {"UV_INDEX_STRATEGY": "first-index"},
        {"UV_INDEX": "https://a.test/simple", **SYSTEM},
    ),
    "more indexes that uv was told": (
        *({"extra-index-url": "https://a.test/simple"}, {"UV_EXTRA_INDEX_URL": "https://b.test"}, SYSTEM),
    ),
    "folders that are missing": ({"find-links": "/missing file:///missing/too\n~/missing"}, {}, SYSTEM),
    "links": (
        {"find-links": "/ /missing file:/// https://a.test/links"},
        {},
        {"UV_FIND_LINKS": "/,file:///,https://a.test/links", **SYSTEM},
    ),
    "hosts to trust": (
        {"trusted-host": "a.test\nb.test:8443"},
        {},
        {"UV_INSECURE_HOST": "a.test b.test:8443", **SYSTEM},
    ),
    "certificates": ({"cert": "/ca.pem"}, {}, {"SSL_CERT_FILE": "/ca.pem"}),
    "a folder of certificates": ({"cert": "/"}, {}, {"SSL_CERT_DIR": "/"}),
    "certificates of requests": ({}, {"REQUESTS_CA_BUNDLE": "/ca.pem"}, {"SSL_CERT_FILE": "/ca.pem"}),
    "certificates of curl": ({}, {"CURL_CA_BUNDLE": "/ca.pem"}, {"SSL_CERT_FILE": "/ca.pem"}),
    "certificates of pip and of requests": (
        *({"cert": "/pip.pem"}, {"REQUESTS_CA_BUNDLE": "/ca.pem"}, {"SSL_CERT_FILE": "/pip.pem"}),
    ),
    "certificates that uv was told": ({"cert": "/ca.pem"}, {"SSL_CERT_FILE": "/own.pem"}, {}),
    "a folder of them that uv was told": ({}, {"SSL_CERT_DIR": "/own"}, {}),
    "not the system's": ({}, {"UV_SYSTEM_CERTS": "false"}, {}),
    "not the system's under its old name": ({}, {"UV_NATIVE_TLS": "false"}, {}),
    "who is asking": ({"client-cert": "/me.pem"}, {}, {"SSL_CLIENT_CERT": "/me.pem", **SYSTEM}),
    "a proxy": (
        {"proxy": "user:word@proxy.test:3128"},
        {},
        {
            "HTTP_PROXY": "http://user:word@proxy.test:3128",
            "HTTPS_PROXY": "http://user:word@proxy.test:3128",
            **SYSTEM,
        },
    ),
    "a proxy that uv was told": ({"proxy": "http://p.test"}, {"all_proxy": "http://own.test"}, SYSTEM),
    "a proxy of one kind that uv was told": (
        *({"proxy": "http://p.test"}, {"https_proxy": "http://own.test"}),
        {"HTTP_PROXY": "http://p.test", **SYSTEM},
    ),
    "patience": ({"default-timeout": "180"}, {}, {"UV_HTTP_TIMEOUT": "180", **SYSTEM}),
    "what uv has no word for": ({"disable-pip-version-check": "1", "constraint": "/c.txt"}, {}, SYSTEM),
}


@pytest.mark.parametrize("case", CASES)
def test_pips_settings_as_variables_of_uv(case: str) -> None:
    settings, environment, expected = CASES[case]
    assert uv_variables(settings, environment, has_system_certificates=True) == expected


def test_without_certificates_of_the_system_uv_keeps_its_own() -> None:
    assert uv_variables({}, {}, has_system_certificates=False) == {}
    cert = {"cert": "/ca.pem"}
    assert uv_variables(cert, {}, has_system_certificates=False) == {"SSL_CERT_FILE": "/ca.pem"}


def test_an_empty_folder_has_no_certificates(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert not has_system_certificates()
    (tmp_path / "0a1b2c3d.0").touch()
    assert has_system_certificates()


@pytest.mark.parametrize(
    ("no_index", "arguments", "expected"),
    [
        ("true", ["pip", "install", "x"], ["pip", "install", "--no-index", "x"]),
        ("1", ["pip", "install"], ["pip", "install", "--no-index"]),
        ("false", ["pip", "install", "x"], ["pip", "install", "x"]),
        ("", ["pip", "install", "x"], ["pip", "install", "x"]),
        ("true", ["lock", "--upgrade"], ["lock", "--upgrade"]),
    ],
)
def test_no_index_is_an_argument(no_index: str, arguments: list[str], expected: list[str]) -> None:
    assert uv_arguments({"no-index": no_index}, arguments) == expected
