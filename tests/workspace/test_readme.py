"""The README shows real answers: its queries are sent to the demo workspace, and answer as it says on any day."""

import re
from datetime import UTC, date, datetime, time
from textwrap import dedent

import orjson
import pytest

from service.settings import ROOT
from service.workspace.demo_dates import REFERENCE_DAY, move_items
from tests.kit.client import Client
from tests.kit.workspace_files import DEMO_ITEMS, imported

README = (ROOT / "README.md").read_text()


def blocks(heading: str) -> list[str]:
    """The indented blocks under a heading."""
    [section] = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", README, re.DOTALL | re.MULTILINE)
    return [dedent(each) for each in re.findall(r"(?:^ {4}.*\n)+", section, re.MULTILINE)]


@pytest.mark.parametrize("day", [REFERENCE_DAY, date(2027, 1, 1), date(2028, 2, 29)], ids=str)
async def test_its_queries_are_answered_as_it_says(client: Client, day: date) -> None:
    client.clock.now = datetime.combine(day, time(), UTC)
    assert (await imported(client, move_items(DEMO_ITEMS, day))).refused == []
    for heading in ("One query", "One series"):
        query, answer = blocks(heading)
        assert await client.answer(query) == orjson.loads(answer), heading
