"""The page of the explorer: its headers, who finds the key in it, and the files that it loads."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from service.explorer.explorer import GRAPHIQL_FILES, Explorer, embed_json
from service.explorer.key_access import is_loopback

KEY = "okr_secret"
CONFIG = re.compile(r'<script type="application/json" id="config">(.*?)</script>', re.DOTALL)
COMMON = "connect-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
POLICIES = {
    "plain": f"{COMMON}; style-src 'self'",
    "graphiql": f"{COMMON}; style-src 'self' 'unsafe-inline'; font-src data:; worker-src 'self'",
}


@pytest.fixture
def graphiql(tmp_path: Path) -> Path:
    """A folder as unpack.mjs leaves it."""
    for name in GRAPHIQL_FILES:
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(f"/* {name} */".encode()))
    return tmp_path


@pytest.fixture(params=["plain", "graphiql"])
def explorer(request: Any, graphiql: Path, tmp_path: Path) -> tuple[str, Explorer]:
    return request.param, Explorer(KEY, graphiql if request.param == "graphiql" else tmp_path / "missing")


async def get(explorer: Explorer, path: str = "/graphql", peer: str | None = "127.0.0.1", **headers: str) -> Any:
    """A response to a browser at `http://localhost:8000`."""
    routes = [Route("/graphql", explorer.page), Route("/graphql/explorer/{name}", explorer.file)]
    transport = httpx2.ASGITransport(Starlette(routes=routes), client=(peer, 40000) if peer else None)  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        return await client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def config(response: httpx2.Response) -> dict[str, Any]:
    [text] = CONFIG.findall(response.text)
    return json.loads(text)


async def test_its_headers(explorer: tuple[str, Explorer]) -> None:
    form, page = explorer
    response = await get(page)
    assert response.status_code == 200
    nonce, *more = set(re.findall(r'nonce="([^"]*)"', response.text))
    assert more == []
    assert len(nonce) >= 22
    del response.headers["content-length"]
    assert dict(response.headers) == {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": f"default-src 'none'; script-src 'nonce-{nonce}'; {POLICIES[form]}",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    }
    assert nonce not in (await get(page)).text


async def test_it_refers_to_nothing_but_its_own_files(explorer: tuple[str, Explorer]) -> None:
    _, page = explorer
    response = await get(page)
    assert "//" not in CONFIG.sub("", response.text)
    names = re.findall(r'(?:src|href)="graphql/explorer/([^"]*)"', response.text)
    assert names
    for name in names:
        assert (await get(page, f"/graphql/explorer/{name}")).status_code == 200


async def test_it_holds_the_key_and_the_examples(explorer: tuple[str, Explorer]) -> None:
    _, page = explorer
    found = config(await get(page))
    assert (found["key"], len(found["examples"])) == (KEY, 7)
    assert [*found["examples"][0]] == ["name", "query", "variables"]


@pytest.mark.parametrize("host", ["localhost", "LocalHost:8000", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:8000"])
@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"])
async def test_the_key_is_for_browsers_on_this_machine(explorer: tuple[str, Explorer], host: str, peer: str) -> None:
    _, page = explorer
    assert config(await get(page, peer=peer, Host=host))["key"] == KEY


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("10.0.0.5", {}),
        ("::ffff:10.0.0.5", {}),
        ("testclient", {}),
        (None, {}),
        ("127.0.0.1", {"Host": "rebound.example:8000"}),
        ("127.0.0.1", {"Host": "localhost.rebound.example"}),
        ("127.0.0.1", {"Host": "app.localhost"}),
        ("127.0.0.1", {"Host": "127.0.0.2"}),
        ("127.0.0.1", {"Host": "localhost:8000:80"}),
        ("127.0.0.1", {"Host": ""}),
        ("127.0.0.1", {"Forwarded": "for=10.0.0.5"}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", {"X-Forwarded-Host": "localhost"}),
        ("127.0.0.1", {"X-Real-IP": "10.0.0.5"}),
        ("127.0.0.1", {"Via": "1.1 proxy"}),
        ("127.0.0.1", {"Origin": "http://localhost:3000"}),
    ],
)
async def test_the_key_is_for_nobody_else(
    explorer: tuple[str, Explorer], peer: str | None, headers: dict[str, str]
) -> None:
    _, page = explorer
    response = await get(page, peer=peer, **headers)
    assert response.status_code == 200
    assert config(response)["key"] is None
    assert KEY not in response.text


async def test_without_a_key_there_is_none(tmp_path: Path) -> None:
    assert config(await get(Explorer(graphiql=tmp_path)))["key"] is None


def test_what_is_embedded_cannot_end_the_script_element() -> None:
    value = {"key": "</script><script>alert(1)</script><!--"}
    text = embed_json(value)
    assert "<" not in text
    assert json.loads(text) == value


async def test_one_missing_file_makes_it_the_plain_page(graphiql: Path) -> None:
    (graphiql / "worker-json.js.gz").unlink()
    explorer = Explorer(KEY, graphiql)
    assert "plain.js" in (await get(explorer)).text
    assert (await get(explorer, "/graphql/explorer/graphiql.js")).status_code == 404


async def test_a_file_is_sent_once_and_compressed(graphiql: Path) -> None:
    explorer = Explorer(KEY, graphiql)
    path = "/graphql/explorer/graphiql.js"
    response = await get(explorer, path)
    assert (response.status_code, response.text) == (200, "/* graphiql.js */")
    tag = response.headers["etag"]
    del response.headers["content-length"]
    assert dict(response.headers) == {
        "content-type": "text/javascript; charset=utf-8",
        "content-encoding": "gzip",
        "etag": tag,
        "cache-control": "no-cache",
        "vary": "Accept-Encoding",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
        "content-security-policy": "default-src 'none'",
    }
    plain = await get(explorer, path, Accept_Encoding="identity")
    assert (plain.text, plain.headers.get("content-encoding")) == ("/* graphiql.js */", None)
    same = await get(explorer, path, If_None_Match=tag)
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)


@pytest.mark.parametrize("name", ["missing.js", "explorer.py", "LICENSE", "..%2Fexplorer.py", "plain.html", ""])
async def test_there_are_no_other_files(explorer: tuple[str, Explorer], name: str) -> None:
    _, page = explorer
    assert (await get(page, f"/graphql/explorer/{name}")).status_code == 404


@pytest.mark.parametrize("address", ["", "localhost", "127.0.0.1:80", "unix"])
def test_what_is_no_address_is_not_loopback(address: str) -> None:
    assert not is_loopback(address)
