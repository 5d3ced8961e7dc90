"""Every field and every mutation by share tokens: of a subtree that everybody sees, of one that is hidden, and of the
KPIs that match a filter. What each shows is said here in Python, from what the owner of the organization reads."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from graphql import get_named_type

from tests.authorization.asking import asked, objects
from tests.authorization.expected_reads import NODES, OF_GOALS
from tests.authorization.expected_reads import TYPES as EXPECTED
from tests.authorization.test_authorization_mutations import ALL, came_to, unarranged
from tests.authorization.test_authorization_queries import PAGED, SINGLE, rows_in
from tests.authorization.test_authorization_reads import Reading, differences
from tests.authorization.world import World, rows_of
from tests.kit.client import Client
from tests.kit.estate import dump
from tests.kit.inputs import filled
from tests.kit.reads import LOOKUPS, QUERY, TYPES
from tests.share_tokens.shares import shared
from tests.share_tokens.test_share_access import OF_PEOPLE, REFUSED_FIELDS

# The types whose objects a share token finds by ids. A cycle is only read with its objective.
NEVER_SHOWN = ("CarryOver", "Event", "Initiative", "InitiativeCheckIn", "Link", "Participant")
SHOWN = [kind for kind in OF_GOALS if kind not in NEVER_SHOWN]
NEVER_FOUND = ("Cycle",)
# By which the goals are found that something belongs to.
BELONGS = {
    "Alignment": ("objective", "parent"),
    "CheckIn": ("objective", "keyResult"),
    "KeyResult": ("objective",),
    "KpiLink": ("keyResult", "kpi"),
    "KpiMeasurement": ("kpi",),
    "KpiTarget": ("kpi",),
    "Milestone": ("keyResult",),
}
# What they lead to is hidden from share tokens alone; tests/share_tokens/test_share_corrections.py.
TAKEN_BACK = ("replacedBy", "replaces")
KPIS = ("Seen-kpi", "Seen-formula", "Seen-whole", "Hidden-kpi")
SHARES = ("of a subtree", "of a hidden subtree", "of a filter")
ORGANIZATION = "ORGANIZATION"
Answers = dict[str, dict[str, Any]]


async def token(world: World, share: str) -> Client:
    """A client with a share token. Those of subtrees are of administrators and owners, who see more than they show."""
    if share == "of a subtree":
        return await shared(world.client, objectiveId=world.seen.ids["root"])
    if share == "of a hidden subtree":
        return await shared(await world.acting("owner"), objectiveId=world.hidden.ids["root"])
    return await shared(await world.acting("outsider"), kpiFilter={"externalId": {"in": list(KPIS)}})


def shown_goals(world: World, share: str, visibility: str, of_owner: Answers) -> set[str]:
    """The ids of the objectives and KPIs that a share token shows."""
    if share == "of a filter":
        found = {id for id, kpi in of_owner["Kpi"].items() if kpi["externalId"] in KPIS}
        return {id for id in found if of_owner["Kpi"][id]["visibility"] == ORGANIZATION}
    shown = {(world.seen if share == "of a subtree" else world.hidden).ids["root"]}
    edges = [each for each in of_owner["Alignment"].values() if each["archivedAt"] is None]
    is_more = True
    while is_more:
        below = {each["objective"]["id"] for each in edges if each["parent"]["id"] in shown}
        more = {id for id in below - shown if _is_open(of_owner["Objective"][id])}
        shown, is_more = shown | more, bool(more)
    results = {id: each for id, each in of_owner["KeyResult"].items() if each["objective"]["id"] in shown}
    links = [each for each in of_owner["KpiLink"].values() if each["archivedAt"] is None]
    kpis = {each["sourceKpi"]["id"] for each in results.values() if each["sourceKpi"]}
    kpis |= {each["kpi"]["id"] for each in links if each["keyResult"]["id"] in results}
    return shown | {id for id in kpis if _is_open(of_owner["Kpi"][id])}


def _is_open(goal: dict[str, Any]) -> bool:
    return goal["visibility"] == ORGANIZATION and goal["archivedAt"] is None


def is_shown(id: str, goals: set[str], of_owner: Answers) -> bool:
    """Whether a share token that shows these goals shows an object."""
    kind = base64.b64decode(f"{id}==").decode().partition(":")[0]
    if kind in ("Objective", "Kpi"):
        return id in goals
    if kind == "CheckIn" and of_owner[kind][id]["invalidSince"] is not None:
        return False
    owners = [of_owner[kind][id][name] for name in BELONGS[kind]]
    return all(is_shown(each["id"], goals, of_owner) for each in owners if each is not None)


def is_refused(kind: str, field: str) -> bool:
    """Whether a share token without names may not read a field."""
    return f"{kind}.{field}" in REFUSED_FIELDS | OF_PEOPLE


async def ensure_refused(client: Client, document: str) -> None:
    """A document is refused whole, because a share token may not read it."""
    answer = await client.answer(document)
    assert "data" not in answer, document
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN", document
    assert error["message"].startswith("A share token may not read these: "), document


def read_selections() -> Iterator[tuple[str, str, str]]:
    """Each field of each type that has ids, with its selection."""
    for kind in NODES:
        for field, each in TYPES[kind].fields.items():
            yield kind, field, asked(field, each)


async def test_a_share_token_reads_what_it_shows(world: World) -> None:
    """Each field of each type, of all objects that there are."""
    for visibility in ("ORGANIZATION", "PRIVATE"):
        read = Reading(world, await rows_of(world))
        await world.arrange(visibility)
        of_owner = await read.read(world.client)
        wrong: dict[str, Any] = {}
        for share in SHARES:
            client = await token(world, share)
            goals = shown_goals(world, share, visibility, of_owner)
            every = {id: is_shown(id, goals, of_owner) for kind in SHOWN for id in of_owner[kind]}
            assert set(every.values()) == {False, True}
            read.rows = replace(
                read.rows, hidden={kind: [id for id in of_owner[kind] if not every[id]] for kind in SHOWN}
            )
            expected = read.expected(of_owner, False, False)
            for kind in SHOWN:
                compared = [*EXPECTED[kind].same.split(), *EXPECTED[kind].hides.split()]
                fields = [each for each in compared if not is_refused(kind, each) and each not in TAKEN_BACK]
                selections = " ".join(asked(each, TYPES[kind].fields[each]) for each in fields)
                answers = {kind: await objects(client, kind, list(of_owner[kind]), selections)}
                own = {id: row and {each: row[each] for each in fields} for id, row in expected[kind].items()}
                wrong |= {f"{share}: {where}": each for where, each in differences({kind: own}, answers)}
            for kind in NEVER_FOUND:
                assert not any((await objects(client, kind, list(of_owner[kind]), "id")).values())
        assert wrong == {}


async def test_a_share_token_is_refused_every_other_field(world: World) -> None:
    for share in SHARES:
        client = await token(world, share)
        for kind, field, selection in read_selections():
            document = f'{{ node(id: "x") {{ ... on {kind} {{ {selection} }} }} }}'
            if kind not in (*SHOWN, *NEVER_FOUND) or is_refused(kind, field):
                await ensure_refused(client, document)
            else:
                assert await client.data(document) == {"node": None}, document


async def test_a_share_token_finds_what_it_shows(world: World) -> None:
    """Each field of Query."""
    for visibility in ("ORGANIZATION", "PRIVATE"):
        read = Reading(world, await rows_of(world))
        await world.arrange(visibility)
        of_owner = await read.read(world.client)
        for share in SHARES:
            client = await token(world, share)
            goals = shown_goals(world, share, visibility, of_owner)
            for field in (*PAGED, *LOOKUPS):
                selection = asked(field, QUERY.fields[field])
                if is_refused("Query", field):
                    await ensure_refused(client, f"{{ {selection} }}")
                elif field in PAGED:
                    every = await rows_in(world.client, field)
                    visible = [each for each in every if is_shown(each["id"], goals, of_owner)]
                    assert await rows_in(client, field) == visible, (share, field)
                else:
                    kind = get_named_type(QUERY.fields[field].type).name
                    for id in of_owner[kind]:
                        found = {"id": id} if is_shown(id, goals, of_owner) else None
                        answer = await client.data(f"query($id: ID!) {{ {field}(id: $id) {{ id }} }}", id=id)
                        assert answer == {field: found}, (share, field)
            for field in SINGLE:
                kind = get_named_type(QUERY.fields[field].type).name
                for name, each in TYPES[kind].fields.items():
                    document = f"{{ {field} {{ {asked(name, each)} }} }}"
                    if is_refused("Query", field) or is_refused(kind, name):
                        await ensure_refused(client, document)
                    elif share != "of a hidden subtree" and visibility == "PRIVATE":
                        assert world.mark not in str(await client.data(document)), (share, field, name)
            found = await client.data("{ objectiveStatusReport { total } kpiScorecard { total } viewer { role } }")
            shown = {
                kind: [of_owner[kind][id] for id in goals & of_owner[kind].keys()] for kind in ("Objective", "Kpi")
            }
            counts = {kind: sum(each["archivedAt"] is None for each in rows) for kind, rows in shown.items()}
            assert found == {
                "objectiveStatusReport": {"total": counts["Objective"]},
                "kpiScorecard": {"total": counts["Kpi"]},
                "viewer": {"role": "VIEWER"},
            }


async def test_a_share_token_changes_nothing(world: World) -> None:
    await world.arrange(ORGANIZATION)
    for share in SHARES:
        client = await token(world, share)
        before = await dump(world.superuser, world.client.organization_id)
        for mutation, move in ALL:
            code, answer = await came_to(client, mutation, filled(move, world.hidden))
            assert (code, "data" in answer) == ("FORBIDDEN", False), mutation
        after = await dump(world.superuser, world.client.organization_id)
        assert unused(after) == unused(before)


def unused(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    """Rows but for share tokens, which note when they are used, and what `unarranged` leaves out."""
    return {table: own for table, own in unarranged(rows).items() if table != "share_tokens"}


async def test_viewer_can_tells_a_share_token_that_it_only_reads(world: World) -> None:
    document = """query($id: ID!) { node(id: $id) { ... on Objective { ...can } ... on Kpi { ...can } ... on KeyResult {
        viewerCan { edit { ...one } checkIn { ...one } archive { ...one } share { ...one } } } } }
        fragment can on Node { ... on Objective { viewerCan { ...all } } ... on Kpi { viewerCan { ...all } } }
        fragment all on GoalPermissions { edit { ...one } checkIn { ...one } archive { ...one } share { ...one } }
        fragment one on Permission { allowed denial }"""
    one = {"allowed": False, "denial": "SHARED_READ_ONLY"}
    denied = dict.fromkeys(("edit", "checkIn", "archive", "share"), one)
    for share in SHARES:
        estate = world.hidden if share == "of a hidden subtree" else world.seen
        client = await token(world, share)
        for name in ("kpi",) if share == "of a filter" else ("root", "number"):
            found = await client.data(document, id=estate.ids[name])
            assert found == {"node": {"viewerCan": denied}}, (share, name)
