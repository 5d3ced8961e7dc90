"""A file over what is there: only what differs is changed, with its version, its event and its revision."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.small_workspace import (
    BACKWARDS,
    HALF_OF_IT,
    SMALL,
    alignment,
    cycle,
    item,
    key_result,
    kpi,
    kpi_target,
    objective,
    person,
    team,
)
from tests.kit.workspace_files import exported, findings, imported, row_counts, selected

pytestmark = pytest.mark.usefixtures("waiting")

# What the second file says, where it is kept, what differs, and how many revisions that makes.
CHANGES: dict[str, tuple[dict[str, Any], str, dict[str, Any], int]] = {
    "person": (person("p1", role="VIEWER"), "people", {"role": {"before": "MEMBER", "after": "VIEWER"}}, 0),
    "team": (team("t2", name="Second"), "teams", {"name": {"before": "Team t2", "after": "Second"}}, 1),
    "pillar": (
        item("Pillar", "l1", name="Pillar l1", description=None),
        *("pillars", {"description": {"before": "What it is about", "after": None}}, 0),
    ),
    "cycle": (
        *(cycle("h1", "2026-01-01", "2026-06-30", kind="QUARTER"), "cycles"),
        *({"kind": {"before": "CUSTOM", "after": "QUARTER"}}, 1),
    ),
    "objective": (
        *(objective("o1", title="Objective o1", kind="LEARNING", perspective=None), "objectives"),
        {"kind": {"before": "ASPIRATIONAL", "after": "LEARNING"}, "perspective": {"before": "CUSTOMER", "after": None}},
        1,
    ),
    "key result": (
        *(key_result("k1", target="20", unit=None), "key_results"),
        *({"target": {"before": "10", "after": "20"}, "unit": {"before": "points", "after": None}}, 1),
    ),
    "milestone": (
        *(item("Milestone", "m1", keyResult="k2", title="Stage one"), "milestones"),
        *({"title": {"before": "The first stage", "after": "Stage one"}}, 1),
    ),
    "alignment": (
        *(alignment("o2", "o1", weight=4), "alignments"),
        *({"weight": {"before": 3.0, "after": 4.0}}, 1),
    ),
    "KPI": (
        *(kpi("s1", category="Money", perspective=None), "kpis"),
        *({"category": {"before": None, "after": "Money"}, "perspective": {"before": "FINANCIAL", "after": None}}, 1),
    ),
    "target of a KPI": (
        *(kpi_target("g1", "s1", "2026-01-01", value="75.5", endsOn=None), "kpi_targets"),
        *({"value": {"before": "100", "after": "75.5"}, "ends_on": {"before": "2026-06-30", "after": None}}, 1),
    ),
}
UNKNOWN = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize("case", CHANGES)
async def test_what_differs_is_changed_and_what_is_left_out_stays(small: Client, database_url: str, case: str) -> None:
    said, table, changes, revisions = CHANGES[case]
    before, counts = await exported(small), await row_counts(database_url)
    rows = f"SELECT version, id FROM {table} ORDER BY id"
    versions = {row["id"]: row["version"] for row in await selected(database_url, rows)}
    done = await imported(small, [said], reason="Told by another system")
    assert (done.kept, done.outcomes) == (True, {"UPDATED": 1}), done.refused
    grown = {row["id"]: row["version"] for row in await selected(database_url, rows)}
    [changed] = [id for id in grown if grown[id] != versions[id]]
    assert grown == versions | {changed: 2}
    [event] = await selected(
        *(
            database_url,
            f"SELECT verb, actor_id, changes FROM events WHERE subject_id = '{changed}' AND verb = 'UPDATED'",
        )
    )
    assert event == {"verb": "UPDATED", "actor_id": small.person_id, "changes": changes}
    after = await row_counts(database_url)
    history = {f"{table.removesuffix('s')}_revisions": revisions} if revisions else {}
    history |= {"audit_events": 1} if "role" in changes else {}
    assert after == {name: count + {"events": 1, **history}.get(name, 0) for name, count in counts.items()}
    # Nothing else has changed, and of the item only what differs.
    now = await exported(small)
    assert len([each for each in now if each not in before]) == 1
    [was] = [each for each in before if each not in now]
    assert [each for each in now if each not in before] == [
        {name: value for name, value in {**was, **said}.items() if value is not None}
    ]
    assert await findings(small) == []


async def test_the_same_file_changes_nothing(small: Client, database_url: str) -> None:
    before, counts = await exported(small), await row_counts(database_url)
    done = await imported(small, SMALL)
    assert (done.kept, done.outcomes) == (True, {"UNCHANGED": len(SMALL)})
    assert (await exported(small), await row_counts(database_url)) == (before, counts)


async def test_the_order_of_the_lines_does_not_matter(small: Client, database_url: str, stranger: Client) -> None:
    assert (await imported(small, BACKWARDS)).outcomes == {"UNCHANGED": len(SMALL)}
    done = await imported(stranger, BACKWARDS)
    assert (done.kept, done.outcomes) == (True, {"CREATED": len(SMALL)})


async def test_a_rehearsal_tells_what_would_happen_and_keeps_nothing(small: Client, database_url: str) -> None:
    before, counts = await exported(small), await row_counts(database_url)
    items = [*SMALL[1:], person("p1", name="New"), person("p9"), objective("o9", owner="p9"), alignment("o9", "o1")]
    done = await imported(small, items, dry_run=True)
    assert (done.kept, done.outcomes) == (False, {"CREATED": 3, "UNCHANGED": len(SMALL) - 1, "UPDATED": 1})
    assert done.outcome("p1") == "UPDATED"
    assert (await exported(small), await row_counts(database_url)) == (before, counts)
    done = await imported(small, [alignment("o9", "o1"), person("p9")], dry_run=True)
    assert done.refused == [(1, "NOT_FOUND", "objective")]


async def test_numbers_are_compared_as_numbers_and_instants_as_instants(small: Client) -> None:
    same = [
        key_result("k1", target="10.000", baseline=0, weight=1),
        item("Milestone", "m1", keyResult="k2", title="The first stage", doneAt="2026-02-01T10:00:00+01:00"),
        {**HALF_OF_IT, "value": 5.0, "at": "2026-03-01T11:00:00+02:00"},
    ]
    assert (await imported(small, same)).outcomes == {"UNCHANGED": 3}


async def test_an_empty_file_is_an_import_of_nothing(small: Client) -> None:
    for nothing in ([], [b"", b"  ", b"\r"]):
        done = await imported(small, nothing)
        assert (done.kept, done.results) == (True, [])


async def test_rows_without_an_external_id_are_known_by_their_id(small: Client) -> None:
    [owner] = [each for each in await exported(small) if each.get("email") == "olive@example.com"]
    assert owner["externalId"] == str(small.person_id)
    done = await imported(small, [{**owner, "name": "Olive O."}])
    assert (done.outcomes, done.results[0].id) == ({"UPDATED": 1}, small.person_id)
    done = await imported(small, [{**owner, "externalId": UNKNOWN, "email": None}])
    assert done.outcomes == {"CREATED": 1}
