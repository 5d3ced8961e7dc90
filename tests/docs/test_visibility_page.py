"""docs/visibility.md: its examples answer as it says, and it leaves the tables to docs/authorization.md."""

from itertools import pairwise

from tests.docs.authorization_tables import PAGE as AUTHORIZATION_PAGE
from tests.docs.page import VISIBILITY_PAGE, examples, fences
from tests.docs.test_api import Keys, sent
from tests.docs.write import PARTS
from tests.kit.client import Client


async def test_each_example_answers_as_the_page_says(client: Client, keys: Keys) -> None:
    for example in examples(VISIBILITY_PAGE):
        expected = example.status, example.response
        assert await sent(client, keys, example) == expected, f"the example in line {example.line}"


def test_every_example_has_its_response_and_every_block_is_closed() -> None:
    assert len(examples(VISIBILITY_PAGE)) > 5
    assert [example.line for example in examples(VISIBILITY_PAGE) if example.response is None] == []
    assert VISIBILITY_PAGE.read_text("utf-8").count("\n```") == 2 * len(list(fences(VISIBILITY_PAGE)))


def test_it_has_no_table_of_rights() -> None:
    """They would have to agree with those that are computed."""
    page = VISIBILITY_PAGE.read_text("utf-8")
    assert [name for name in PARTS[AUTHORIZATION_PAGE] if f"<!-- {name} -->" in page] == []
    headers = {line.split("|")[1].strip() for line, rule in pairwise(page.splitlines()) if rule.startswith("| ---")}
    assert headers == {"", "refused with"}
    for anchor in ("roles", "goals"):
        assert f"(authorization.md#{anchor})" in page
        assert f"\n## {anchor.capitalize()}\n" in AUTHORIZATION_PAGE.read_text("utf-8")
