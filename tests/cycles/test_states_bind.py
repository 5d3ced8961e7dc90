"""Every mutation of the schema in every state of a cycle; a mutation without a line fails."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from service.cycles.states import ALLOWED, CycleAction, CycleState
from service.values.global_ids import decode
from tests.kit.client import Client
from tests.kit.estate import Estate
from tests.kit.inputs import MOVES, MUTATION, Own, filled, made
from tests.kit.refusals import everything

FORBIDDEN = "CYCLE_STATE_FORBIDS"
EDIT, CHECK_IN, SCORE = CycleAction.EDIT, CycleAction.CHECK_IN, CycleAction.SCORE
# What each mutation does in the cycle of a goal; None if the state of no cycle binds it.
ACTIONS: dict[str, CycleAction | None] = {
    **dict.fromkeys(("alignmentReorder", "alignmentUpdate"), EDIT),
    **dict.fromkeys(("objectiveAlign", "objectiveMove", "objectiveUnalign"), EDIT),
    **{f"objective{verb}": EDIT for verb in ("Archive", "Create", "Duplicate", "Reorder", "Restore", "Update")},
    **{f"keyResult{verb}": EDIT for verb in ("Archive", "Create", "Reorder", "Restore", "Update")},
    **dict.fromkeys(("objectivesAlign", "objectivesMove"), EDIT),
    **{f"objectives{verb}": EDIT for verb in ("Archive", "Restore", "Update", "Upsert")},
    **{f"keyResults{verb}": EDIT for verb in ("Archive", "Restore", "Update", "Upsert")},
    **dict.fromkeys(("keyResultLinkKpi", "keyResultUnlinkKpi"), EDIT),
    **{f"milestone{verb}": EDIT for verb in ("Archive", "Create", "Reorder", "Restore", "Update")},
    **dict.fromkeys(("checkInsRecord", "keyResultCheckIn", "objectiveCheckIn"), CHECK_IN),
    **dict.fromkeys(("checkInCorrect", "checkInWithdraw"), CHECK_IN),
    **dict.fromkeys(("keyResultScore", "objectiveScore"), SCORE),
    # Who reads a goal is no statement about it.
    **dict.fromkeys(("participantAdd", "participantRemove", "shareTokenCreate", "shareTokenRevoke")),
    # The steps of the state machine have tests of their own.
    **{f"cycle{verb}": None for verb in ("Archive", "Create", "Restore", "Update")},
    **{f"cycle{step}": None for step in ("Activate", "BeginClosing", "Close", "Extend", "Reopen")},
    # Two cycles bind it; tests/carry_overs/test_carry_over_states.py.
    "cycleCarryOver": None,
    # Cycles that are planned ahead have no goals.
    "cyclesSchedule": None,
    # KPIs go on, whatever cycles there are.
    **{f"kpi{verb}": None for verb in ("Archive", "Create", "Restore", "Update")},
    **{f"kpis{verb}": None for verb in ("Archive", "Restore", "Update", "Upsert")},
    **{f"kpiTarget{verb}": None for verb in ("Archive", "Create", "Restore", "Update")},
    **dict.fromkeys(("kpiMeasurementsDelete", "kpiMeasurementsRecord")),
    **{f"pillar{verb}": None for verb in ("Archive", "Create", "Restore", "Update")},
    **{f"person{verb}": None for verb in ("Archive", "Create", "Erase", "Restore", "Update")},
    **{f"serviceAccount{verb}": None for verb in ("Archive", "Create", "Restore", "Update")},
    **{f"team{verb}": None for verb in ("Archive", "Create", "Join", "Leave", "Restore", "Update")},
    **{f"apiKey{verb}": None for verb in ("Create", "Revoke", "Rotate")},
    **dict.fromkeys(("organizationDelete", "organizationUpdate")),
    # Work goes on, whatever is measured by it, and links say where it is done.
    **{f"initiative{verb}": None for verb in ("Archive", "Create", "Link", "Restore", "Unlink", "Update")},
    **dict.fromkeys(("initiativeCheckInCorrect", "initiativeCheckInWithdraw", "initiativeCheckInsRecord")),
    **{f"link{verb}": None for verb in ("Archive", "Create", "Restore", "Update")},
    # It does what its items say; test_states_of_imports.py.
    "workspaceImport": None,
}
RESTORED = {
    **dict.fromkeys(("objectiveRestore", "objectivesRestore"), "objectives"),
    **dict.fromkeys(("keyResultRestore", "keyResultsRestore"), "key_results"),
    "milestoneRestore": "milestones",
}
WITHOUT_INPUT = {"organizationDelete", "organizationUpdate", "workspaceImport"}


def test_each_mutation_has_a_line() -> None:
    assert set(ACTIONS) == set(MUTATION.fields)
    assert {name for name, _ in MOVES} == set(ACTIONS) - WITHOUT_INPUT


async def in_state(client: Client, cleaner: asyncpg.Connection, cycle: str, state: CycleState) -> None:
    if state is CycleState.PLANNING:
        # There are check-ins in it, as there are none in one that never was ACTIVE.
        await cleaner.execute("UPDATE cycles SET state = 'PLANNING', activation = 'MANUAL'")
    if state in (CycleState.CLOSING, CycleState.CLOSED):
        await client.take_steps(cycle, "BeginClosing")
    if state is CycleState.CLOSED:
        await client.take_steps(cycle, "Close")


def codes_in(answer: dict[str, Any]) -> list[str]:
    [payload] = answer["data"].values()
    return [error["code"] for error in payload["userErrors"]]


@pytest.mark.parametrize("state", CycleState)
async def test_what_a_state_allows(client: Client, cleaner: asyncpg.Connection, state: CycleState) -> None:
    estate = await Estate(client, f"e{uuid4().hex[:8]}").furnish()
    await estate.extend()
    await in_state(client, cleaner, estate.ids["cycle"], state)
    scores = [("keyResultScore", {"id": Own("number")}), ("objectiveScore", {"id": Own("root")})]
    for mutation, move in [*MOVES, *scores]:
        if mutation.startswith("cycle") or "ended" in str(move):
            continue
        action = ACTIONS[mutation]
        is_allowed = action is None or action in ALLOWED[state]
        if (table := RESTORED.get(mutation)) and not is_allowed:
            # What is not archived needs no restoring, so that nothing forbids it.
            input = filled(move, estate)
            archived = decode(input["id"] if "id" in input else input[mutation.removesuffix("Restore")][0]["id"])
            assert archived
            await cleaner.execute(f"UPDATE {table} SET archived_at = now() WHERE id = $1", archived[1])
        before = None if is_allowed else await everything(client)
        answer = await made(client, mutation, filled(move, estate))
        if is_allowed:
            assert FORBIDDEN not in codes_in(answer), (mutation, answer)
        else:
            assert FORBIDDEN in codes_in(answer), (mutation, answer)
            assert await everything(client) == before, mutation
        if table and not is_allowed and archived:
            await cleaner.execute(f"UPDATE {table} SET archived_at = NULL WHERE id = $1", archived[1])


async def test_a_refusal_names_the_state_and_what_would_help(client: Client) -> None:
    cycle = await client.cycle()
    objective = await client.objective(cycle)
    key_result = await client.key_result(objective, kind="REACH", target="10")
    await client.take_steps(cycle, "BeginClosing")
    document = """mutation($input: KeyResultUpdateInput!) {
        keyResultUpdate(input: $input) { keyResult { title target } userErrors { code message field parameters } } }"""
    answer = await client.data(document, input={"id": key_result, "title": "", "target": "20"})
    assert answer["keyResultUpdate"]["keyResult"] == {"title": "A key result", "target": "10"}
    [blank, forbidden] = answer["keyResultUpdate"]["userErrors"]
    assert blank["code"] == "BLANK"
    assert forbidden == {
        "code": FORBIDDEN,
        "message": "The cycle 2026 is CLOSING, in which nobody can change goals. First use: cycleExtend.",
        "field": ["input", "id"],
        "parameters": {"cycle": "2026", "state": "CLOSING", "action": "change goals", "steps": "cycleExtend"},
    }


async def test_who_reads_a_goal_can_be_changed_in_a_closed_cycle(client: Client) -> None:
    cycle = await client.cycle()
    objective = await client.objective(cycle)
    milestone = await client.make(
        "milestoneCreate", title="First", keyResultId=await client.key_result(objective, kind="MILESTONE")
    )
    await client.take_steps(cycle, "BeginClosing", "Close")
    await client.make("objectiveUpdate", id=objective, visibility="PRIVATE", externalId="O-1")
    await client.make("milestoneUpdate", id=milestone, externalId="M-1")
    changed = {"id": objective, "visibility": "ORGANIZATION", "title": "Another"}
    assert await client.refused("objectiveUpdate", **changed) == (FORBIDDEN, ["input", "id"])


async def test_what_changes_nothing_is_forbidden_by_no_state(client: Client) -> None:
    cycle = await client.cycle()
    parent, objective = await client.objective(cycle), await client.objective(cycle, "Same", ownerId=None)
    edge = await client.make("objectiveAlign", objectiveId=objective, parentId=parent)
    number = await client.key_result(objective, kind="REACH", target="10")
    staged = await client.key_result(objective, kind="MILESTONE")
    stage = await client.make("milestoneCreate", keyResultId=staged, title="First")
    gone = await client.objective(cycle)
    await client.make("objectiveArchive", id=gone)
    forms: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("objectiveUpdate", {"id": objective, "title": "Same", "cycleId": cycle, "due": None}, {"title": "X"}),
        ("keyResultUpdate", {"id": number, "kind": "REACH", "target": "10.0", "ownerId": None}, {"target": "11"}),
        ("milestoneUpdate", {"id": stage, "title": "First", "weight": 1.0}, {"weight": 2.0}),
        ("alignmentUpdate", {"id": edge, "weight": 1.0, "isPrimary": True}, {"weight": 2.0}),
        ("objectiveArchive", {"id": gone}, {"id": objective}),
        ("objectiveRestore", {"id": objective}, {"id": gone}),
        ("keyResultRestore", {"id": number}, {}),
        ("milestoneRestore", {"id": stage}, {}),
    ]
    # A form sends all facts; only those that differ are changes.
    for step in ("BeginClosing", "Close"):
        await client.take_steps(cycle, step)
        before = await everything(client)
        for mutation, same, another in forms:
            await client.make(mutation, **same)
            if another:
                assert await client.refused(mutation, **{**same, **another}) == (FORBIDDEN, ["input", "id"])
            assert await everything(client) == before, mutation
    await client.make("objectiveUpdate", id=objective, title="Same", visibility="PRIVATE")


async def test_other_facts_of_a_cycle_change_beside_its_dates(client: Client) -> None:
    cycle = await client.cycle("2026-01-01", "2026-12-31", kind="YEAR")
    await client.take_steps(cycle, "BeginClosing")
    form = {"id": cycle, "startsOn": "2026-01-01", "endsOn": "2026-12-31", "retrospective": "Said once"}
    await client.make("cycleUpdate", **form)
    await client.take_steps(cycle, "Close")
    await client.make("cycleUpdate", **form, name="The year 2026")
    later = {**form, "endsOn": "2027-01-01"}
    assert await client.refused("cycleUpdate", **later) == (FORBIDDEN, ["input", "id"])
    other = {**form, "retrospective": "Said twice"}
    assert await client.refused("cycleUpdate", **other) == (FORBIDDEN, ["input", "retrospective"])


async def test_both_cycles_of_a_move_have_to_allow_it(client: Client) -> None:
    open_one, closed = await client.cycle(), await client.cycle()
    here, there = await client.objective(open_one), await client.objective(closed)
    await client.take_steps(closed, "BeginClosing")
    refused = (FORBIDDEN, ["input", "cycleId"])
    assert await client.refused("objectiveUpdate", id=here, cycleId=closed) == refused
    assert await client.refused("objectiveUpdate", id=there, cycleId=open_one) == (FORBIDDEN, ["input", "id"])
    assert await client.refused("objectiveCreate", title="New", cycleId=closed) == refused


async def test_both_ends_of_an_alignment_have_to_allow_it(client: Client) -> None:
    open_one, closed = await client.cycle(), await client.cycle()
    child = await client.objective(open_one)
    parent, old = [await client.objective(closed) for _ in range(2)]
    edge = await client.make("objectiveAlign", objectiveId=child, parentId=old)
    await client.take_steps(closed, "BeginClosing")
    align = {"objectiveId": child, "parentId": parent}
    assert await client.refused("objectiveAlign", **align) == (FORBIDDEN, ["input", "parentId"])
    align = {"objectiveId": parent, "parentId": child}
    assert await client.refused("objectiveAlign", **align) == (FORBIDDEN, ["input", "objectiveId"])
    assert await client.refused("alignmentUpdate", id=edge, weight=2.0) == (FORBIDDEN, ["input", "id"])
    assert await client.refused("objectiveUnalign", id=edge) == (FORBIDDEN, ["input", "id"])
    # It would leave its parent in the closed cycle.
    assert await client.refused("objectiveMove", id=child, parentId=None) == (FORBIDDEN, ["input", "id"])
    other = await client.objective(open_one)
    assert await client.refused("objectiveMove", id=child, parentId=other) == (FORBIDDEN, ["input", "id"])


async def test_a_milestone_is_done_until_the_end(client: Client) -> None:
    cycle = await client.cycle("2026-01-01", "2026-06-30")
    key_result = await client.key_result(await client.objective(cycle), kind="MILESTONE")
    milestone = await client.make("milestoneCreate", keyResultId=key_result, title="First")
    await client.take_steps(cycle, "BeginClosing")
    late = {"id": milestone, "doneAt": "2026-07-01T00:00:00Z"}
    assert await client.refused("milestoneUpdate", **late) == ("MILESTONE_DONE_AFTER_CYCLE", ["input", "doneAt"])
    both = {"id": milestone, "doneAt": "2026-06-30T00:00:00Z", "title": "Other"}
    assert await client.refused("milestoneUpdate", **both) == (FORBIDDEN, ["input", "id"])
    await client.make("milestoneUpdate", id=milestone, doneAt="2026-06-30T23:59:59Z")


async def test_a_target_changes_for_a_reason(client: Client) -> None:
    cycle = await client.make("cycleCreate", name="Q4", kind="QUARTER", startsOn="2026-10-01", endsOn="2026-12-31")
    objective = await client.objective(cycle)
    key_result = await client.key_result(objective, kind="REACH", target="10")
    draft = await client.key_result(objective, kind="REACH", target="10", lifecycle="DRAFT")
    await client.make("keyResultUpdate", id=key_result, target="11")
    client.clock.advance(days=100)
    document = "query($id: ID!) { cycle(id: $id) { state activatedAt version } }"
    # Time alone has changed it, and no row.
    shown = {"state": "ACTIVE", "activatedAt": None, "version": 1}
    assert (await client.data(document, id=cycle))["cycle"] == shown
    without = ("TARGET_REASON_MISSING", ["input", "reason"])
    assert await client.refused("keyResultUpdate", id=key_result, target="12") == without
    await client.make("keyResultUpdate", id=key_result, title="Without another target")
    await client.make("keyResultUpdate", id=draft, target="12")
    await client.make("keyResultUpdate", id=key_result, target="12", reason="The market has grown")
    events = "query($id: ID!) { objective(id: $id) { events(first: 1) { nodes { reason changes } } } }"
    [event] = (await client.data(events, id=objective))["objective"]["events"]["nodes"]
    assert event == {
        "reason": "The market has grown",
        "changes": {"target": {"before": "11", "after": "12"}},
    }


async def test_permissions_say_what_the_state_allows(client: Client) -> None:
    cycle = await client.cycle()
    objective = await client.objective(cycle)
    key_result = await client.key_result(objective, kind="REACH", target="10")
    document = """query($objective: ID!, $keyResult: ID!) {
        objective(id: $objective) { viewerCan { ...can } } keyResult(id: $keyResult) { viewerCan { ...can } } }
        fragment can on GoalPermissions { edit { denial } checkIn { denial } archive { denial } share { denial } }"""
    for step, denied in (
        (None, []),
        ("BeginClosing", ["edit", "archive"]),
        ("Close", ["edit", "checkIn", "archive"]),
    ):
        if step:
            await client.take_steps(cycle, step)
        shown = {
            name: {"denial": "CYCLE_STATE" if name in denied else None}
            for name in ("edit", "checkIn", "archive", "share")
        }
        answer = await client.data(document, objective=objective, keyResult=key_result)
        assert answer == {"objective": {"viewerCan": shown}, "keyResult": {"viewerCan": shown}}


async def test_a_cycle_is_filtered_by_its_state_of_now(client: Client) -> None:
    names = {"Begun": "2026-01-01", "Planned": "2026-07-03"}
    for name, starts_on in names.items():
        await client.make("cycleCreate", name=name, kind="CUSTOM", startsOn=starts_on, endsOn="2026-12-31")
    by_hand = {"name": "By hand", "kind": "CUSTOM", "startsOn": "2026-01-01", "endsOn": "2026-12-31"}
    await client.make("cycleCreate", activation="MANUAL", **by_hand)
    document = "query($state: CycleState!) { cycles(filter: {state: {eq: $state}}) { nodes { name } } }"

    async def named(state: str) -> list[str]:
        return [each["name"] for each in (await client.data(document, state=state))["cycles"]["nodes"]]

    assert await named("ACTIVE") == ["Begun"]
    assert await named("PLANNING") == ["By hand", "Planned"]
    client.clock.now += timedelta(days=1)
    assert await named("ACTIVE") == ["Begun", "Planned"]
