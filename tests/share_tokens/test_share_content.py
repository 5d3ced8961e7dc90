"""What a share token shows, as goals, alignments and rights change."""

from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg

from service.share_tokens import shown_queries
from service.values import global_ids
from tests.kit.client import Client
from tests.kit.multiplied import multiplied
from tests.kit.roles import acting
from tests.share_tokens.conftest import Company
from tests.share_tokens.shares import created, errors, shared, using

GOALS = "{ objectives(first: 100) { nodes { title } } kpis(first: 100) { nodes { name } } }"


def named(data: dict[str, Any]) -> tuple[list[str], list[str]]:
    titles = sorted(each["title"] for each in data["objectives"]["nodes"])
    return titles, sorted(each["name"] for each in data["kpis"]["nodes"])


async def test_a_share_of_an_objective_shows_what_serves_it(company: Company) -> None:
    partner = await shared(company.client, objectiveId=company.ids["root"])
    assert named(await partner.data(GOALS)) == (sorted(company.inside), sorted(company.kpis_inside))
    document = """query($id: ID!) { objective(id: $id) {
        visibility cycle { name elapsed } progress statement overdueBelow
        keyResults { title current latestCheckIn { note value } sourceKpi { name } kpiLinks { kpi { name } } }
        children { totalCount nodes { title } } parents { title } ancestors { title } kpis { name }
        descendants { totalCount edges { depth node { title } parent { title } } }
        viewerCan { edit { allowed denial } share { denial } } } }"""
    root = (await partner.data(document, id=company.ids["root"]))["objective"]
    refused = {"allowed": False, "denial": "SHARED_READ_ONLY"}
    assert root == {
        "visibility": "PRIVATE",
        "cycle": {"name": "2026", "elapsed": root["cycle"]["elapsed"]},
        "progress": root["progress"],
        "statement": root["statement"],
        "overdueBelow": 0,
        "keyResults": [
            {
                "title": "number",
                "current": "4",
                "latestCheckIn": {"note": "Fine", "value": "4"},
                "sourceKpi": None,
                "kpiLinks": [],
            },
            {
                "title": "follower",
                "current": "3",
                "latestCheckIn": None,
                "sourceKpi": {"name": "followed"},
                "kpiLinks": [],
            },
            {"title": "hidden follower", "current": "3", "latestCheckIn": None, "sourceKpi": None, "kpiLinks": []},
        ],
        "children": {"totalCount": 2, "nodes": [{"title": "child"}, {"title": "of number"}]},
        "parents": [],
        "ancestors": [],
        "kpis": [{"name": "followed"}],
        "descendants": {
            "totalCount": 3,
            "edges": [
                {"depth": 1, "node": {"title": "child"}, "parent": {"title": "root"}},
                {"depth": 2, "node": {"title": "grandchild"}, "parent": {"title": "child"}},
                {"depth": 1, "node": {"title": "of number"}, "parent": {"title": "root"}},
            ],
        },
        "viewerCan": {"edit": refused, "share": {"denial": "SHARED_READ_ONLY"}},
    }


async def test_a_share_follows_what_changes(company: Company, forgetful: Client) -> None:
    client, ids = company.client, company.ids
    partner = await shared(forgetful, objectiveId=ids["root"])
    seen = partial(partner.data, GOALS)
    everything = (sorted(company.inside), sorted(company.kpis_inside))
    assert named(await seen()) == everything
    await client.make("objectiveUpdate", id=ids["child"], visibility="TEAM")
    assert named(await seen()) == (["of number", "root"], ["followed"])
    await client.make("objectiveUpdate", id=ids["child"], visibility="ORGANIZATION")
    await client.make("objectiveUpdate", id=ids["hidden"], visibility="ORGANIZATION")
    titles = sorted([*company.inside, "hidden", "below hidden"])
    assert named(await seen())[0] == titles
    await client.make("objectiveUnalign", id=ids["hidden edge"])
    assert named(await seen()) == everything
    await client.make("kpiUpdate", id=ids["guard"], visibility="PRIVATE")
    await client.make("objectiveArchive", id=ids["grandchild"])
    assert named(await seen()) == (["child", "of number", "root"], ["followed"])
    await client.make("kpiArchive", id=ids["guard"])
    await client.make("keyResultArchive", id=ids["follower"])
    assert named(await seen()) == (["child", "of number", "root"], [])


async def test_a_share_of_an_archived_objective_shows_nothing(company: Company, forgetful: Client) -> None:
    client, ids = company.client, company.ids
    partner = await shared(forgetful, objectiveId=ids["root"])
    await client.make("objectiveArchive", id=ids["root"])
    assert named(await partner.data(GOALS)) == ([], [])
    document = "{ viewer { share { name objective { title } } } objectives(includeArchived: true) { totalCount } }"
    assert await partner.data(document) == {
        "viewer": {"share": {"name": "Partner", "objective": None}},
        "objectives": {"totalCount": 0},
    }
    await client.make("objectiveRestore", id=ids["root"])
    assert named(await partner.data(GOALS))[0] == sorted(company.inside)


async def test_a_share_shows_no_more_than_its_creator_sees(company: Company, forgetful: Client) -> None:
    client, ids = company.client, company.ids
    member = await acting(client, "MEMBER")
    sender = using(forgetful, member.key)
    of_child = await shared(sender, objectiveId=ids["child"])
    of_kpis = await shared(sender, kpiFilter={})
    all_kpis = await shared(forgetful, kpiFilter={})
    visible = ["elsewhere KPI", "followed", "guard", "other KPI"]
    assert named(await of_child.data(GOALS)) == (["child", "grandchild"], ["guard"])
    assert named(await of_kpis.data(GOALS)) == ([], visible)
    assert named(await all_kpis.data(GOALS)) == ([], sorted([*visible, "hidden KPI"]))
    await client.make("objectiveUpdate", id=ids["child"], visibility="PRIVATE")
    await client.make("kpiUpdate", id=ids["guard"], visibility="PRIVATE")
    assert named(await of_child.data(GOALS)) == ([], [])
    assert named(await of_kpis.data(GOALS)) == ([], ["elsewhere KPI", "followed", "other KPI"])


async def test_a_share_of_kpis_shows_those_that_match_at_the_moment(company: Company, forgetful: Client) -> None:
    client, ids = company.client, company.ids
    some = {"or": [{"name": {"in": ["followed", "guard"]}}, {"unit": {"eq": "EUR"}}]}
    partner = await shared(forgetful, kpiFilter=some)
    document = """{ kpis { totalCount nodes { name current parent { name } keyResults { title } objectives { title }
        measurements { totalCount nodes { value } } targets { value }
        series(from: "2026-06-01", to: "2026-06-30") { value } } } objectives { totalCount }
        keyResults { totalCount } kpiScorecard { total } }"""
    answer = await partner.data(document)
    empty: dict[str, Any] = {"parent": None, "keyResults": [], "objectives": []}
    followed = {"name": "followed", "current": "3", "series": [{"value": "3"}], "targets": [{"value": "10"}], **empty}
    guard = {"name": "guard", "current": None, "series": [{"value": None}], "targets": [], **empty}
    assert answer == {
        "kpis": {
            "totalCount": 2,
            "nodes": [
                followed | {"measurements": {"totalCount": 1, "nodes": [{"value": "3"}]}},
                guard | {"measurements": {"totalCount": 0, "nodes": []}},
            ],
        },
        "objectives": {"totalCount": 0},
        "keyResults": {"totalCount": 0},
        "kpiScorecard": {"total": 2},
    }
    await client.make("kpiUpdate", id=ids["other KPI"], unit="EUR")
    await client.make("kpiUpdate", id=ids["guard"], name="guardian")
    assert named(await partner.data(GOALS)) == ([], ["followed", "other KPI"])
    await client.make("kpiArchive", id=ids["followed"])
    assert named(await partner.data(GOALS)) == ([], ["other KPI"])


async def test_ids_of_others_match_nothing(company: Company, stranger: Client, forgetful: Client) -> None:
    theirs = await stranger.make("kpiCreate", name="Theirs")
    for wanted in ([theirs], [company.ids["root"]], ["nonsense"], [str(uuid4())], []):
        partner = await shared(forgetful, kpiFilter={"id": {"in": wanted}})
        assert named(await partner.data(GOALS)) == ([], [])


async def test_an_objective_shares_no_kpi_that_has_its_id(company: Company) -> None:
    """Ids are unique among the objects of a type only, and a client chooses them."""
    client, ids = company.client, company.ids
    kind, uuid = global_ids.decode(ids["hidden KPI"]) or ("", None)
    assert kind == "Kpi"
    twin = await client.make("objectiveCreate", id=str(uuid), cycleId=ids["cycle"], title="Twin")
    partner = await shared(client, objectiveId=twin)
    assert named(await partner.data(GOALS)) == (["Twin"], [])
    twin_kpi = await client.make("kpiCreate", id=str(global_ids.decode(ids["hidden"])[1]), name="Twin")  # type: ignore[index]
    partner = await shared(client, kpiFilter={"id": {"eq": twin_kpi}})
    assert named(await partner.data(GOALS)) == ([], ["Twin"])


async def test_a_share_that_has_grown_too_large_shows_nothing(
    company: Company, forgetful: Client, superuser: asyncpg.Connection
) -> None:
    client, limit = company.client, shown_queries.MAX_SHARED_GOALS
    partner = await shared(forgetful, kpiFilter={})
    _, id = global_ids.decode(company.ids["other KPI"]) or ("", None)
    kpi_count = len((await client.data("{ kpis { nodes { id } } }"))["kpis"]["nodes"])
    await multiplied(superuser, "kpis", limit - kpi_count, id)
    document = "{ kpis { totalCount totalCountIsExact } }"
    exact = {"kpis": {"totalCount": limit, "totalCountIsExact": True}}
    assert await partner.data(document) == exact
    await multiplied(superuser, "kpis", 1, id)
    message = (
        f"This share token would show more than {limit} objectives and KPIs, so it shows nothing. "
        "Ask for one that shows less."
    )
    assert await errors(partner, document) == [("FORBIDDEN", message)]
    [error] = (await created(client, kpiFilter={}))["userErrors"]
    assert (error["code"], error["field"]) == ("SHARE_TOO_LARGE", ["input", "kpiFilter"])
