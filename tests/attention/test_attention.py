"""What needs attention: the reasons, the order, pages, scopes, and what is left out."""

from typing import Any

from schema.relay.node import global_id, parsed
from tests.kit.client import Client, Statements
from tests.kit.roles import acting

ENTRIES = """query($team: ID, $person: ID, $cycle: ID, $first: Int, $after: String, $last: Int, $before: String) {
    needsAttention(teamId: $team, personId: $person, cycleId: $cycle, first: $first, after: $after, last: $last,
        before: $before) {
        totalCount totalCountIsExact pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        nodes { reasons dueAt subject { __typename id } } } }"""
GOAL = "id dueAt status staleness statusDiverges owner { id } team { id } cycle { state }"
ALL = f"""{{ objectives(first: 100) {{ nodes {{ {GOAL} keyResults {{
        id dueAt status staleness statusDiverges guardrailBreached owner {{ id }} }} }} }}
    breached: objectives(first: 100, filter: {{guardrailBreached: true}}) {{ nodes {{ id }} }}
    kpis(first: 100) {{ nodes {{ id status freshness nextMeasurementDueAt owner {{ id }} team {{ id }} }} }} }}"""
REASONS = ["GUARDRAIL_BREACHED", "OFF_TRACK", "OVERDUE", "DIVERGING", "KPI_LATE", "NO_OWNER"]


async def attention(client: Client, **scope: Any) -> dict[str, Any]:
    """A page of what needs attention."""
    page: dict[str, Any] = (await client.data(ENTRIES, **{"first": 100, **scope}))["needsAttention"]
    return page


async def expected(client: Client) -> list[dict[str, Any]]:
    """What needs attention, by what the lists show. Each with its team and owner."""
    data, found = await client.data(ALL), []
    for objective in data["objectives"]["nodes"]:
        if objective["cycle"]["state"] == "CLOSED":
            continue
        for kind, goal in [("Objective", objective), *(("KeyResult", each) for each in objective["keyResults"])]:
            owner = goal["owner"] or objective["owner"]
            holds = {
                "GUARDRAIL_BREACHED": goal.get("guardrailBreached") or {"id": goal["id"]} in data["breached"]["nodes"],
                "OFF_TRACK": goal["status"] == "OFF_TRACK",
                "OVERDUE": goal["staleness"] == "OVERDUE",
                "DIVERGING": goal["statusDiverges"],
                "NO_OWNER": not owner,
            }
            if goal["status"]:
                found.append(_entry(kind, goal["id"], goal["dueAt"], holds, objective["team"], owner))
    for kpi in data["kpis"]["nodes"]:
        late = kpi["freshness"] in ("LATE", "MISSING")
        holds = {"OFF_TRACK": kpi["status"] == "RED", "KPI_LATE": late, "NO_OWNER": not kpi["owner"]}
        found.append(_entry("Kpi", kpi["id"], kpi["nextMeasurementDueAt"], holds, kpi["team"], kpi["owner"]))
    found = [each for each in found if each["reasons"]]

    def order(entry: dict[str, Any]) -> tuple[int, str, str]:
        _, id = parsed(entry["subject"]["id"]) or ("", "")
        return REASONS.index(entry["reasons"][0]), entry["dueAt"] or "9", str(id)

    return sorted(found, key=order)


def _entry(kind: str, id: str, due: str | None, holds: dict[str, bool], team: Any, owner: Any) -> dict[str, Any]:
    reasons = [reason for reason in REASONS if holds.get(reason)]
    return {
        **{"reasons": reasons, "dueAt": due, "subject": {"__typename": kind, "id": id}},
        **{"team": team and team["id"], "owner": owner and owner["id"]},
    }


def shown(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries as the API shows them."""
    return [{name: each[name] for name in ("reasons", "dueAt", "subject")} for each in entries]


async def planted(client: Client) -> dict[str, str]:
    """Goals and KPIs of which some need attention, for all reasons; ids by name."""
    ids = {"person": await client.make("personCreate", name="Pat"), "cycle": await client.cycle()}
    ids["closed"] = await client.cycle("2025-01-01", "2025-12-31", name="2025")
    ids["team"] = await client.make("teamCreate", name="Platform")
    ids["below"] = await client.make("teamCreate", name="Below", parentId=ids["team"])
    owned = {"ownerId": ids["person"]}
    ids["red"] = await client.make("kpiCreate", name="Churn", teamId=ids["below"], frequency="MONTHLY", **owned)
    await client.make("kpiTargetCreate", kpiId=ids["red"], startsOn="2026-01-01", value="10")
    measured = [{"kpiId": ids["red"], "on": "2026-06-01", "value": "1"}]
    await client.change("kpiMeasurementsRecord", {"measurements": measured}, "kpis { id }")
    ids["late"] = await client.make("kpiCreate", name="Sales", frequency="DAILY")
    ids["guarded"] = await client.objective(ids["cycle"], "guarded", teamId=ids["team"], **owned)
    guarded = await client.key_result(ids["guarded"], kind="REACH", target="100", **owned)
    await client.check_in(guarded, "90")
    await client.make("keyResultLinkKpi", keyResultId=guarded, kpiId=ids["red"], role="GUARDRAIL")
    ids["off"] = await client.objective(ids["cycle"], "off", teamId=ids["below"], **owned)
    off = await client.key_result(ids["off"], kind="REACH", target="100", due={"on": "2026-09-30"})
    await client.check_in(off, "1")
    ids["nobody"] = await client.objective(ids["cycle"], "nobody's")
    fine = await client.key_result(ids["nobody"], kind="REACH", target="100", **owned)
    await client.check_in(fine, "1", status="ON_TRACK")
    await client.objective(ids["cycle"], "a draft", lifecycle="DRAFT")
    await client.make("objectiveArchive", id=await client.objective(ids["cycle"], "archived"))
    ids["old"] = await client.objective(ids["closed"], "of last year")
    await client.take_steps(ids["closed"], "BeginClosing", "Close")
    client.clock.advance(days=2)
    return ids


async def test_what_needs_attention(client: Client, statements: Statements) -> None:
    ids = await planted(client)
    for days in (0, 30):
        client.clock.advance(days=days)
        all, page = await expected(client), await attention(client)
        assert page["nodes"] == shown(all)
        assert (page["totalCount"], page["totalCountIsExact"]) == (len(all), True)
        found = {reason for each in all for reason in each["reasons"]}
        # A stated status does not count any more when the check-in is old.
        assert found == {*REASONS} - {"OVERDUE" if days == 0 else "DIVERGING"}
    teams = {"team": (ids["team"], ids["below"]), "below": (ids["below"],)}
    for name, own in teams.items():
        own_entries = shown([each for each in all if each["team"] in own])
        assert (await attention(client, team=ids[name]))["nodes"] == own_entries != []
    own_entries = shown([each for each in all if each["owner"] == ids["person"]])
    assert (await attention(client, person=ids["person"]))["nodes"] == own_entries != []
    assert (await attention(client, person=ids["person"], team=ids["below"]))["nodes"] == shown(
        [each for each in all if each["owner"] == ids["person"] and each["team"] == ids["below"]]
    )
    assert (await attention(client, cycle=ids["cycle"]))["nodes"] == shown(
        [each for each in all if each["subject"]["__typename"] != "Kpi"]
    )
    # Goals of a closed cycle are found by the cycle alone.
    [old] = (await attention(client, cycle=ids["closed"]))["nodes"]
    assert (old["subject"], old["reasons"][-1]) == ({"__typename": "Objective", "id": ids["old"]}, "NO_OWNER")
    for nobody in ("nonsense", ""):
        for scope in ("team", "person", "cycle"):
            assert (await attention(client, **{scope: nobody}))["totalCount"] == 0

    found_entries, after = [], None
    while True:
        page = await attention(client, first=3, after=after)
        found_entries += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found_entries == shown(all)
    previous = await attention(client, first=None, last=2, before=page["pageInfo"]["startCursor"])
    at = len(all) - len(page["nodes"])
    assert previous["nodes"] == shown(all)[at - 2 : at]
    answer = await client.answer(ENTRIES, after="nonsense")
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["BAD_USER_INPUT"]

    # Begin, goals and KPIs, the goals of the page, commit; KPIs are shown as they were read.
    for first in (1, 50):
        await attention(client, first=first)
        assert len(await statements.of(attention(client, first=first))) == 4
    fields = "name current status freshness owner { name }"
    entries = f"needsAttention {{ nodes {{ subject {{ ... on Kpi {{ {fields} }} }} }} }}"
    data = await client.data(f"{{ {entries} kpis {{ nodes {{ {fields} }} }} }}")
    subjects = sorted(filter(None, (each["subject"] for each in data["needsAttention"]["nodes"])), key=str)
    assert subjects == sorted(data["kpis"]["nodes"], key=str) != []


async def test_what_is_hidden_does_not_need_the_attention_of_others(client: Client) -> None:
    ids = await planted(client)
    client.clock.advance(days=30)
    for name in ("guarded", "off"):
        await client.make("objectiveUpdate", id=ids[name], visibility="PRIVATE")
    await client.make("kpiUpdate", id=ids["late"], visibility="PRIVATE")
    async with await acting(client, "MEMBER") as member:
        person = global_id("Person", member.person_id)
        all, of_member = await expected(client), await expected(member)
        assert len(of_member) < len(all) - 3
        assert (await attention(client))["nodes"] == shown(all)
        page = await attention(member)
        assert (page["nodes"], page["totalCount"]) == (shown(of_member), len(of_member))
        assert (await attention(member, person=person))["totalCount"] == 0
        await client.make("objectiveUpdate", id=ids["nobody"], ownerId=person)
        mine = [each for each in await expected(member) if each["owner"] == person]
        assert (await attention(member, person=person))["nodes"] == shown(mine)
