"""The README shows real answers: its queries are sent to the demo workspace, and answer as it says."""

import re
from textwrap import dedent

import orjson
import pytest

from service.settings import ROOT
from tests.client import Client

README = (ROOT / "README.md").read_text()


def blocks(heading: str) -> list[str]:
    """The indented blocks under a heading."""
    [section] = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", README, re.DOTALL | re.MULTILINE)
    return [dedent(each) for each in re.findall(r"(?:^ {4}.*\n)+", section, re.MULTILINE)]


@pytest.mark.parametrize("heading", ["One query", "One series"])
async def test_a_query_and_its_answer(demo: Client, heading: str) -> None:
    query, answer = blocks(heading)
    assert await demo.answer(query) == orjson.loads(answer)
