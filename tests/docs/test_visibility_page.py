"""docs/visibility.md: its examples answer as it says, and its table is that of the code."""

from service.people.permissions import ACTIONS_BY_ROLE
from tests.docs.page import VISIBILITY_PAGE, examples, fences, section
from tests.docs.roles import roles
from tests.docs.test_api import Keys, sent
from tests.kit.client import Client


async def test_each_example_answers_as_the_page_says(client: Client, keys: Keys) -> None:
    for example in examples(VISIBILITY_PAGE):
        expected = example.status, example.response
        assert await sent(client, keys, example) == expected, f"the example in line {example.line}"


def test_every_example_has_its_response_and_every_block_is_closed() -> None:
    assert len(examples(VISIBILITY_PAGE)) > 5
    assert [example.line for example in examples(VISIBILITY_PAGE) if example.response is None] == []
    assert VISIBILITY_PAGE.read_text("utf-8").count("\n```") == 2 * len(list(fences(VISIBILITY_PAGE)))


def test_the_table_of_roles_is_up_to_date() -> None:
    told = section("roles", VISIBILITY_PAGE).strip()
    assert told == roles().strip(), "run `python -m tests.docs.write` and review the difference"
    changed = {**ACTIONS_BY_ROLE, "Read what is visible": ("OWNER",)}
    assert roles(changed) != roles()
