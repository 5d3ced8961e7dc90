"""The examples of docs/api.md are sent to the demo workspace one after another, and answer as the page says."""

import re
from typing import Any

from service.settings import ROOT
from tests.docs.page import PAGE, Example, examples, fences
from tests.kit.client import Client

Keys = dict[str, str]
HEADERS = {"Accept": "application/graphql-response+json"}
LINK = re.compile(r"\]\(([^)#]*)(?:#([^)]*))?\)")


async def sent(client: Client, keys: Keys, example: Example) -> tuple[int, Any]:
    """Status and body of the response to an example, which is sent a minute after the one before."""
    client.clock.advance(minutes=1)
    body = {"query": example.query, "variables": example.variables}
    headers = {**HEADERS, "Authorization": f"Bearer {keys[example.who]}"}
    response = await client.http.post("/graphql", json=body, headers=headers)
    return response.status_code, response.json()


async def test_each_example_answers_as_the_page_says(client: Client, keys: Keys) -> None:
    for example in examples():
        expected = example.status, example.response
        assert await sent(client, keys, example) == expected, f"the example in line {example.line} of {PAGE.name}"


def test_every_example_has_its_response() -> None:
    assert len(examples()) > 20
    assert [example.line for example in examples() if example.response is None] == []


def test_every_block_of_code_is_closed_and_known() -> None:
    assert PAGE.read_text("utf-8").count("\n```") == 2 * len(list(fences()))


def test_lines_are_short_but_for_tables_and_texts_in_json() -> None:
    lines = PAGE.read_text("utf-8").splitlines()
    long = [(number, line) for number, line in enumerate(lines, 1) if len(line) > 120]
    assert [number for number, line in long if not re.match(r'\||\s+"\w+": "', line)] == []


def test_links_lead_somewhere() -> None:
    text = PAGE.read_text("utf-8")
    headings = {
        re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in re.findall(r"^#+ (.*)$", text, re.M)
    }
    for path, anchor in LINK.findall(text):
        assert path.startswith("http") or (ROOT / "docs" / path).exists(), path
        assert path or anchor in headings, anchor
