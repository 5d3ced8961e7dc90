"""Links of a file: matched by system and external id, and refused one by one."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.small_workspace import link, objective
from tests.kit.workspace_files import exported, imported, refused

pytestmark = pytest.mark.usefixtures("waiting")
READ = """{ links(filter: {externalId: {eq: "PROJ-1"}}) { nodes { system title url version
    objective { externalId } keyResult { externalId } kpi { externalId } } } }"""


def of(system: str, title: str, url: str, version: int, **goal: Any) -> dict[str, Any]:
    ends = {name: {"externalId": goal[name]} if name in goal else None for name in ("objective", "keyResult", "kpi")}
    return {"system": system, "title": title, "url": url, "version": version, **ends}


async def test_a_link_is_matched_by_system_and_external_id(small: Client) -> None:
    items = [
        link("PROJ-1", objective="o1", system="jira", title="Epic"),
        link("PROJ-1", keyResult="k1", system="github", title="Pull request"),
        link("PROJ-1", objective="o2"),
    ]
    done = await imported(small, items)
    assert (done.kept, done.outcomes) == (True, {"CREATED": 1, "UNCHANGED": 1, "UPDATED": 1})
    url = "https://example.com/PROJ-1"
    assert (await small.data(READ))["links"]["nodes"] == [
        of("jira", "Epic", url, 1, objective="o1"),
        of("github", "Pull request", url, 2, keyResult="k1"),
        of("web", "Work", url, 1, objective="o2"),
    ]
    assert (await imported(small, items)).outcomes == {"UNCHANGED": 3}


async def test_a_file_is_exported_as_it_was_and_imported_again(small: Client) -> None:
    """A link without an external id of its own is known by its UUID."""
    ids = (await small.data('{ objective(externalId: "o1") { id } }'))["objective"]
    await small.make("linkCreate", objectiveId=ids["id"], title="New", url="https://example.com/new")
    items = [item for item in await exported(small) if item["type"] == "Link"]
    assert len(items) == 5
    assert (await imported(small, items)).outcomes == {"UNCHANGED": 5}


async def test_what_is_refused(small: Client, database_url: str) -> None:
    items: list[dict[str, Any]] = [
        link("PROJ-1", objective="o2", system="jira"),
        link("new", objective="o1", kpi="s1"),
        link("new", system="jira"),
        link("new", objective="nowhere", system="github"),
        link("new-2", objective="o1", system="Not a key"),
        {**link("new-3", objective="o1"), "url": "javascript:alert(1)"},
        link("new-4", objective="o1"),
        link("new-4", objective="o2"),
        objective("o9", title=" "),
        link("new-5", objective="o9"),
    ]
    expected = [
        (1, "TAKEN", "externalId"),
        (2, "LINK_GOAL_AMBIGUOUS", "objective"),
        (3, "LINK_GOAL_AMBIGUOUS", "objective"),
        (4, "NOT_FOUND", "objective"),
        (5, "LINK_SYSTEM_INVALID", "system"),
        (6, "URL_INVALID", "url"),
        (8, "ITEM_DUPLICATE", ""),
        (9, "BLANK", "title"),
    ]
    await refused(small, database_url, items, expected)
