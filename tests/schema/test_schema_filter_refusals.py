"""Filters of the other lists, letters beyond English ones, and filters that cannot be meant."""

from typing import Any

from tests.kit.client import Client

Cases = list[tuple[str, dict[str, Any], list[str]]]


async def names(client: Client, list: str, filter: dict[str, Any]) -> list[str]:
    """The names that a list has under a filter."""
    kind = {"people": "Person"}.get(list, list[:-1].title())
    document = f"query($filter: {kind}Filter) {{ {list}(filter: $filter) {{ nodes {{ name }} }} }}"
    return [node["name"] for node in (await client.data(document, filter=filter))[list]["nodes"]]


async def test_cycles(client: Client) -> None:
    year = await client.cycle(name="Year")
    first = await client.cycle("2026-01-01", "2026-03-31", name="Q1", kind="QUARTER", parentId=year)
    await client.take_steps(first, "BeginClosing", "Close")
    await client.cycle("2026-04-01", "2026-06-30", name="Q2", kind="QUARTER", parentId=year)
    await client.cycle("2027-01-01", "2027-12-31", name="Next")
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"startsOn": {"eq": "2026-04-01"}}, ["Q2"]),
        ({"startsOn": {"lt": "2026-04-01"}}, ["Year", "Q1"]),
        ({"startsOn": {"lte": "2026-04-01"}}, ["Year", "Q1", "Q2"]),
        ({"startsOn": {"gt": "2026-04-01"}}, ["Next"]),
        ({"endsOn": {"gte": "2026-12-31"}}, ["Year", "Next"]),
        ({"parentId": {"eq": year}}, ["Q1", "Q2"]),
        ({"parentId": {"isNull": True}}, ["Year", "Next"]),
        ({"kind": {"in": ["QUARTER", "CUSTOM"]}}, ["Q1", "Q2"]),
        ({"state": {"neq": "ACTIVE"}}, ["Q1", "Next"]),
        ({"name": {"contains": "q"}}, ["Q1", "Q2"]),
    ]
    for filter, expected in cases:
        assert (filter, await names(client, "cycles", filter)) == (filter, expected)


async def test_people_teams_and_pillars(client: Client) -> None:
    await client.make("personCreate", name="Anna", role="ADMIN", email="anna@example.com", externalId="1")
    await client.make("personCreate", name="Bert", role="VIEWER")
    company = await client.make("teamCreate", name="Company")
    await client.make("teamCreate", name="Platform", parentId=company, externalId="1")
    await client.make("pillarCreate", name="Growth", externalId="1")
    cases: Cases = [
        ("people", {"role": {"in": ["OWNER", "VIEWER"]}}, ["Bert", "Olive Owner"]),
        ("people", {"role": {"eq": "ADMIN"}}, ["Anna"]),
        ("people", {"email": {"contains": "@EXAMPLE"}}, ["Anna", "Olive Owner"]),
        ("people", {"email": {"isNull": True}}, ["Bert"]),
        ("people", {"externalId": {"eq": "1"}}, ["Anna"]),
        ("teams", {"parentId": {"eq": company}}, ["Platform"]),
        ("teams", {"parentId": {"isNull": True}}, ["Company"]),
        ("teams", {"id": {"neq": company}}, ["Platform"]),
        ("pillars", {"name": {"in": ["Growth", "Decline"]}}, ["Growth"]),
        ("pillars", {"externalId": {"isNull": True}}, []),
    ]
    for list, filter, expected in cases:
        assert (filter, await names(client, list, filter)) == (filter, expected)


async def test_objectives(client: Client) -> None:
    ids = {"cycleId": await client.cycle(), "ownerId": await client.make("personCreate", name="Pat")}
    ids |= {
        "teamId": await client.make("teamCreate", name="T"),
        "pillarId": await client.make("pillarCreate", name="P"),
    }
    facts = {"level": "COMPANY", "kind": "COMMITTED", "visibility": "PRIVATE", "perspective": "CUSTOMER"}
    first = await client.make("objectiveCreate", title="First", lifecycle="CANCELLED", **ids, **facts)
    second = await client.objective(await client.cycle(), "Second")
    document = "query($filter: ObjectiveFilter) { objectives(filter: $filter) { nodes { id } } }"
    wanted = [{name: {"eq": value}} for name, value in [*ids.items(), *facts.items(), ("lifecycle", "CANCELLED")]]
    for filter in [*wanted, {"and": wanted[:8]}]:
        assert (await client.data(document, filter=filter))["objectives"]["nodes"] == [{"id": first}]
    for name in ids.keys() - {"cycleId"}:
        assert (await client.data(document, filter={name: {"isNull": True}}))["objectives"]["nodes"] == [{"id": second}]


async def test_capitals_do_not_matter_in_any_language(client: Client) -> None:
    await client.make("pillarCreate", name="Größe ÄNDERN, день")
    for text in ("größe", "Größe Ändern", "GRÖ", "ДЕНЬ"):
        assert (text, await names(client, "pillars", {"name": {"contains": text}})) == (text, ["Größe ÄNDERN, день"])


def deep(levels: int) -> dict[str, Any]:
    """A filter nested so many levels deep."""
    return {"title": {"eq": "x"}} if levels == 1 else {"and": [deep(levels - 1)]}


MEANINGLESS: list[tuple[dict[str, Any], str]] = [
    (deep(4), "3 levels deep"),
    ({"or": [deep(3)]}, "3 levels deep"),
    ({"title": {"in": ["x"] * 101}}, "`in` has 101 members; 100 are allowed."),
    ({"or": [{"title": {"eq": "x"}}] * 101}, "`or` has 101 members; 100 are allowed."),
    (
        {"title": {"eq": None}},
        "`title.eq` is null, which nothing is equal to. To find what is empty, use `title: {isN",
    ),
    ({"progress": {"isNull": None}}, "`progress.isNull` is null"),
    ({"title": {"like": "x"}}, "like"),
    ({"weight": {"eq": 1}}, "weight"),
    ({"kind": {"eq": "GOOD"}}, "GOOD"),
    ({"createdAt": {"lt": "yesterday"}}, "yesterday"),
    ({"createdAt": {"lt": "2026-01-01T00:00:00"}}, "offset"),
    ({"target": {"eq": "NaN"}}, "finite"),
    ({"progress": {"eq": "0.5"}}, "Float"),
    ({"target": {"eq": "1_000"}}, "1_000"),
]


async def test_a_filter_that_cannot_be_meant(client: Client) -> None:
    document = "query($filter: KeyResultFilter) { keyResults(filter: $filter) { nodes { id } } }"
    for filter, said in MEANINGLESS:
        answer = await client.answer(document, filter=filter)
        assert (said, answer.get("data")) in ((said, None), (said, {"keyResults": None}))
        [error] = answer["errors"]
        assert error["extensions"]["code"] in ("BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED")
        assert said in error["message"]


async def test_a_condition_that_is_null_is_none(client: Client) -> None:
    key_result = await client.key_result(await client.objective(await client.cycle()))
    document = "query($filter: KeyResultFilter) { keyResults(filter: $filter) { nodes { id } } }"
    for filter in (None, {"title": None}, {"and": None, "or": None}, {"and": [{"title": None}], "progress": None}):
        assert await client.data(document, filter=filter) == {"keyResults": {"nodes": [{"id": key_result}]}}
    literal = "{ keyResults(filter: {title: null, and: null}) { nodes { id } } }"
    assert await client.data(literal) == {"keyResults": {"nodes": [{"id": key_result}]}}


async def test_as_deep_and_as_many_as_allowed(client: Client) -> None:
    document = "query($filter: KeyResultFilter) { keyResults(filter: $filter) { nodes { id } } }"
    for filter in (deep(3), {"title": {"in": ["x"] * 100}}, {"or": [{"title": {"eq": "x"}}] * 100}):
        assert await client.data(document, filter=filter) == {"keyResults": {"nodes": []}}
