"""A refused change tells everything that is wrong with its input, each with its path and its parameters."""

from typing import Any
from uuid import uuid4

import pytest

from schema.root import schema
from tests.kit.client import Client
from tests.kit.refusals import everything
from tests.kit.roles import furnished

NOBODY = str(uuid4())
LONG = "x" * 20_001
# Mutation, input (names of what `furnished` makes stand for ids), and code and field of each error.
FORMS: list[tuple[str, dict[str, Any], set[tuple[str, str]]]] = [
    (
        "objectiveCreate",
        {"title": " ", "description": LONG, "cycleId": NOBODY, "ownerId": NOBODY, "teamId": "nonsense"},
        {
            *(("BLANK", "title"), ("TOO_LONG", "description"), ("NOT_FOUND", "cycleId")),
            *(("NOT_FOUND", "ownerId"), ("NOT_FOUND", "teamId")),
        },
    ),
    (
        "objectiveUpdate",
        {"id": "root", "title": "", "externalId": " ", "ownerId": NOBODY, "expectedVersion": 9, "reason": "x" * 2001},
        {
            *(("BLANK", "title"), ("BLANK", "externalId"), ("NOT_FOUND", "ownerId")),
            *(("CONFLICT", "expectedVersion"), ("TOO_LONG", "reason")),
        },
    ),
    ("objectiveArchive", {"id": NOBODY, "reason": "x" * 2001}, {("NOT_FOUND", "id"), ("TOO_LONG", "reason")}),
    (
        "keyResultCreate",
        {
            **{"objectiveId": "root", "title": "", "unit": "x" * 51, "kind": "INCREASE_BY", "target": "5"},
            **{"changeBy": "-1", "weight": -3, "lower": "5", "upper": "4", "mode": "DISTANCE", "ownerId": NOBODY},
        },
        {
            *(("BLANK", "title"), ("TOO_LONG", "unit"), ("TARGET_COMPUTED", "target")),
            *(("CHANGE_NOT_POSITIVE", "changeBy"), ("WEIGHT_OUT_OF_RANGE", "weight"), ("RANGE_INVERTED", "lower")),
            *(("MODE_NOT_ALLOWED", "mode"), ("NOT_FOUND", "ownerId")),
        },
    ),
    (
        "keyResultUpdate",
        {"id": "number", "title": "", "weight": -1, "kind": "MILESTONE", "mode": "DISTANCE", "sourceKpiId": NOBODY},
        {
            *(("BLANK", "title"), ("WEIGHT_OUT_OF_RANGE", "weight"), ("VALUE_SOURCE_NOT_ALLOWED", "valueSource")),
            *(("MODE_NOT_ALLOWED", "mode"), ("SOURCE_KPI_MISSING", "sourceKpiId"), ("NOT_FOUND", "sourceKpiId")),
        },
    ),
    (
        "milestoneCreate",
        {"keyResultId": "stages", "title": " ", "weight": -1},
        {("BLANK", "title"), ("WEIGHT_OUT_OF_RANGE", "weight")},
    ),
    (
        "objectiveAlign",
        {"objectiveId": "other", "parentId": "root", "weight": -1, "externalId": ""},
        {("WEIGHT_OUT_OF_RANGE", "weight"), ("BLANK", "externalId")},
    ),
    (
        "objectiveMove",
        {"id": "other", "parentId": "nonsense", "reason": "x" * 2001},
        {("NOT_FOUND", "parentId"), ("TOO_LONG", "reason")},
    ),
    (
        "keyResultCheckIn",
        {"keyResultId": "stages", "value": "1", "confidence": 7, "note": LONG, "at": "2020-01-01T00:00:00Z"},
        {
            *(("VALUE_COMPUTED", "value"), ("CONFIDENCE_OUT_OF_RANGE", "confidence"), ("TOO_LONG", "note")),
            ("CHECK_IN_OUTSIDE_CYCLE", "at"),
        },
    ),
    (
        "objectiveCheckIn",
        {"objectiveId": NOBODY, "confidence": -1, "externalId": "x" * 201},
        {("NOT_FOUND", "objectiveId"), ("CONFIDENCE_OUT_OF_RANGE", "confidence"), ("TOO_LONG", "externalId")},
    ),
    (
        "checkInCorrect",
        {"replacesId": NOBODY, "note": LONG, "externalId": "x" * 201, "reason": "x" * 2001},
        {
            *(("NOT_FOUND", "replacesId"), ("TOO_LONG", "note")),
            *(("TOO_LONG", "externalId"), ("TOO_LONG", "reason")),
        },
    ),
    (
        "checkInWithdraw",
        {"replacesId": "nonsense", "externalId": "", "reason": "x" * 2001},
        {("NOT_FOUND", "replacesId"), ("BLANK", "externalId"), ("TOO_LONG", "reason")},
    ),
    (
        "initiativeCheckInCorrect",
        {"replacesId": NOBODY, "note": LONG, "externalId": "x" * 201, "reason": "x" * 2001},
        {
            *(("NOT_FOUND", "replacesId"), ("TOO_LONG", "note")),
            *(("TOO_LONG", "externalId"), ("TOO_LONG", "reason")),
        },
    ),
    (
        "initiativeCheckInWithdraw",
        {"replacesId": "nonsense", "externalId": "", "reason": "x" * 2001},
        {("NOT_FOUND", "replacesId"), ("BLANK", "externalId"), ("TOO_LONG", "reason")},
    ),
    (
        "cycleCreate",
        {"name": "", "kind": "YEAR", "startsOn": "2026-12-31", "endsOn": "2026-01-01", "parentId": NOBODY},
        {("BLANK", "name"), ("CYCLE_DATES_INVERTED", "endsOn"), ("NOT_FOUND", "parentId")},
    ),
    (
        "cycleActivate",
        {"id": NOBODY, "expectedVersion": 9, "reason": "x" * 2001},
        {("NOT_FOUND", "id"), ("TOO_LONG", "reason")},
    ),
    (
        "cycleBeginClosing",
        {"id": "cycle", "expectedVersion": 9, "reason": "x" * 2001},
        {("CONFLICT", "expectedVersion"), ("TOO_LONG", "reason")},
    ),
    (
        "cycleExtend",
        {"id": "cycle", "endsOn": "2026-01-31", "expectedVersion": 9, "reason": "x" * 2001},
        {("CYCLE_END_NOT_LATER", "endsOn"), ("CONFLICT", "expectedVersion"), ("TOO_LONG", "reason")},
    ),
    (
        "cycleClose",
        {"id": "cycle", "expectedVersion": 9, "reason": "x" * 2001, "waiver": " "},
        {
            *(("CYCLE_STEP_NOT_ALLOWED", "id"), ("BLANK", "waiver")),
            *(("CONFLICT", "expectedVersion"), ("TOO_LONG", "reason")),
        },
    ),
    (
        "cycleReopen",
        {"id": "cycle", "expectedVersion": 9, "reason": "x" * 2001},
        {("CYCLE_STEP_NOT_ALLOWED", "id"), ("CONFLICT", "expectedVersion"), ("TOO_LONG", "reason")},
    ),
    (
        "keyResultScore",
        {"id": "number", "score": 2.0, "expectedVersion": 9, "reason": "x" * 2001},
        {
            *(("CYCLE_STATE_FORBIDS", "id"), ("SCORE_OUT_OF_RANGE", "score")),
            *(("CONFLICT", "expectedVersion"), ("TOO_LONG", "reason")),
        },
    ),
    (
        "objectiveScore",
        {"id": "root", "score": 0.5, "scoreWaiver": "x" * 2001, "expectedVersion": 9},
        {
            *(("CYCLE_STATE_FORBIDS", "id"), ("SCORE_AMBIGUOUS", "scoreWaiver"), ("TOO_LONG", "scoreWaiver")),
            ("CONFLICT", "expectedVersion"),
        },
    ),
    (
        "cyclesSchedule",
        {"pattern": "MONTHS", "count": 61, "parentId": NOBODY},
        {("SCHEDULE_COUNT_OUT_OF_RANGE", "count"), ("NOT_FOUND", "parentId")},
    ),
    (
        "personCreate",
        {"name": " ", "email": "not an email", "externalId": "x" * 201},
        {("BLANK", "name"), ("EMAIL_INVALID", "email"), ("TOO_LONG", "externalId")},
    ),
    (
        "serviceAccountCreate",
        {"name": " ", "externalId": "x" * 201},
        {("BLANK", "name"), ("TOO_LONG", "externalId")},
    ),
    (
        "serviceAccountUpdate",
        {"id": "account", "name": "", "expectedVersion": 9},
        {("BLANK", "name"), ("CONFLICT", "expectedVersion")},
    ),
    ("teamCreate", {"name": "x" * 201, "parentId": NOBODY}, {("TOO_LONG", "name"), ("NOT_FOUND", "parentId")}),
    ("teamJoin", {"teamId": "nonsense", "personId": "nonsense"}, {("NOT_FOUND", "teamId"), ("NOT_FOUND", "personId")}),
    (
        "participantAdd",
        {"objectiveId": "nonsense", "teamId": NOBODY, "role": "CO_OWNER"},
        {("NOT_FOUND", "objectiveId"), ("NOT_FOUND", "teamId"), ("PARTICIPANT_ROLE_NOT_ALLOWED", "role")},
    ),
    (
        "participantRemove",
        {"objectiveId": "root", "kpiId": "nonsense"},
        {("NOT_FOUND", "kpiId"), ("GOAL_AMBIGUOUS", "objectiveId"), ("PARTICIPANT_AMBIGUOUS", "personId")},
    ),
    (
        "initiativeCreate",
        {"title": " ", "progress": 2.0, "startsOn": "2026-02-01", "dueOn": "2026-01-01", "ownerId": NOBODY},
        {
            *(("BLANK", "title"), ("INITIATIVE_PROGRESS_OUT_OF_RANGE", "progress")),
            *(("INITIATIVE_DATES_INVERTED", "dueOn"), ("NOT_FOUND", "ownerId")),
        },
    ),
    (
        "linkCreate",
        {"url": "javascript:x", "title": " ", "system": "No key", "externalId": "x" * 201},
        {
            *(("URL_INVALID", "url"), ("BLANK", "title"), ("LINK_SYSTEM_INVALID", "system")),
            *(("TOO_LONG", "externalId"), ("LINK_GOAL_AMBIGUOUS", "objectiveId")),
        },
    ),
    (
        "linkUpdate",
        {"id": "link", "url": "ftp://x", "title": "", "system": ".", "reason": LONG},
        {
            *(("URL_INVALID", "url"), ("BLANK", "title"), ("LINK_SYSTEM_INVALID", "system")),
            ("TOO_LONG", "reason"),
        },
    ),
    ("pillarCreate", {"name": "", "description": LONG}, {("BLANK", "name"), ("TOO_LONG", "description")}),
    (
        "pillarUpdate",
        {"id": "pillar", "name": "", "description": LONG},
        {("BLANK", "name"), ("TOO_LONG", "description")},
    ),
    (
        "organizationUpdate",
        {"name": " ", "onTrackPace": 0.1, "checkInCadenceDays": 0, "fiscalYearStartMonth": 13, "expectedVersion": 9},
        {
            *(
                ("BLANK", "name"),
                ("PACE_THRESHOLDS_INVERTED", "atRiskPace"),
                ("CADENCE_OUT_OF_RANGE", "checkInCadenceDays"),
            ),
            *(("FISCAL_YEAR_START_MONTH_OUT_OF_RANGE", "fiscalYearStartMonth"), ("CONFLICT", "expectedVersion")),
        },
    ),
    (
        "apiKeyCreate",
        {"name": "", "scopes": [], "expiresAt": "2020-01-01T00:00:00Z"},
        {("BLANK", "name"), ("SCOPES_EMPTY", "scopes"), ("EXPIRES_IN_PAST", "expiresAt")},
    ),
    (
        "shareTokenCreate",
        {"name": " ", "expiresAt": "2020-01-01T00:00:00Z", "objectiveId": NOBODY},
        {("BLANK", "name"), ("SHARE_EXPIRY_OUT_OF_RANGE", "expiresAt"), ("NOT_FOUND", "objectiveId")},
    ),
    (
        "kpiCreate",
        {"name": "", "timeZone": "Nowhere", "scale": ["x"], "graceDays": 999, "weight": -1, "formula": "[a] + [b]"},
        {
            *(("BLANK", "name"), ("TIME_ZONE_UNKNOWN", "timeZone"), ("SCALE_INVALID", "scale")),
            *(
                ("GRACE_OUT_OF_RANGE", "graceDays"),
                ("WEIGHT_OUT_OF_RANGE", "weight"),
                ("FORMULA_KPI_UNKNOWN", "formula"),
            ),
        },
    ),
    (
        "kpiUpdate",
        {"id": "kpi", "name": "", "graceDays": -1, "ownerId": NOBODY, "parentId": NOBODY},
        {("BLANK", "name"), ("GRACE_OUT_OF_RANGE", "graceDays"), ("NOT_FOUND", "ownerId"), ("NOT_FOUND", "parentId")},
    ),
    (
        "kpiTargetCreate",
        {
            "kpiId": "kpi",
            "startsOn": "2026-06-01",
            "endsOn": "2026-01-01",
            "value": "-1",
            "green": "0.1",
            "amber": "0.9",
        },
        {
            *(("TARGET_DATES_INVERTED", "endsOn"), ("THRESHOLDS_MISSING", "thresholdKind")),
            ("THRESHOLDS_INVERTED", "green"),
        },
    ),
]


def form_input(input: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    return {name: ids.get(value, value) if isinstance(value, str) else value for name, value in input.items()}


@pytest.mark.parametrize(("mutation", "input", "expected"), FORMS, ids=[name for name, _, _ in FORMS])
async def test_every_error_of_a_form_is_told_at_once(
    client: Client, mutation: str, input: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    ids = await furnished(client)
    before = await everything(client)
    payload = await client.change(mutation, form_input(input, ids), "")
    found = [(error["code"], error["field"][1]) for error in payload["userErrors"]]
    assert set(found) == expected
    assert await everything(client) == before


def test_every_mutation_with_an_input_of_several_fields_is_tried() -> None:
    """Mutations that take one id and a reason, or that have tests of their own, are left out by name."""
    elsewhere = {"workspaceImport", "kpiMeasurementsRecord", "kpiMeasurementsDelete", "keyResultLinkKpi", "teamLeave"}
    elsewhere |= {"apiKeyRevoke", "apiKeyRotate", "organizationDelete", "personErase", "shareTokenRevoke"}
    elsewhere |= {
        "objectiveDuplicate",
        "objectivesAlign",
        "objectivesMove",
        "objectivesUpsert",
        "keyResultsUpsert",
        "kpisUpsert",
    }
    elsewhere |= {"initiativeLink", "initiativeUnlink", "cycleCarryOver", "checkInsRecord", "initiativeCheckInsRecord"}
    mutations = schema._schema.mutation_type
    assert mutations is not None
    tried = {name for name, _, _ in FORMS} | elsewhere
    alike = ("Archive", "Restore", "Reorder", "Unalign", "UnlinkKpi", "Update")
    assert {name for name in mutations.fields if name not in tried and not name.endswith(alike)} == set()


async def test_names_of_several_unknown_kpis_are_all_told(client: Client) -> None:
    payload = await client.change("kpiCreate", {"name": "K", "formula": "[one] + [two]"}, "")
    assert [error["message"][:28] for error in payload["userErrors"]] == [
        "The formula names 'one' at l",
        "The formula names 'two' at l",
    ]


async def test_parameters_are_what_the_message_names(client: Client) -> None:
    document = """mutation($input: PersonCreateInput!) { personCreate(input: $input) {
        userErrors { code field parameters } } }"""
    data = await client.data(document, input={"name": "x" * 201, "email": "e", "externalId": ""})
    assert sorted(data["personCreate"]["userErrors"], key=lambda error: error["code"]) == [
        {"code": "BLANK", "field": ["input", "externalId"], "parameters": {"name": "externalId"}},
        {"code": "EMAIL_INVALID", "field": ["input", "email"], "parameters": {"email": "e"}},
        {"code": "TOO_LONG", "field": ["input", "name"], "parameters": {"name": "name", "length": 201, "limit": 200}},
    ]


async def test_instants_in_parameters_are_written_as_in_answers(client: Client) -> None:
    """As Postgres and Python have them, they would end with +00:00."""
    objective = await client.objective(await client.cycle())
    key_result = await client.key_result(objective, kind="MILESTONE", valueSource="MILESTONES")
    late = "2027-01-01T00:00:00+01:00"
    document = """mutation($o: ID!, $k: ID!, $late: DateTime!) {
        a: objectiveUpdate(input: {id: $o, title: "New", effectiveAt: $late}) { userErrors { parameters message } }
        b: objectiveCheckIn(input: {objectiveId: $o, note: "Note", at: $late}) { userErrors { parameters message } }
        c: milestoneCreate(input: {keyResultId: $k, title: "Done", doneAt: $late}) { userErrors { parameters message } }
    }"""
    answers = await client.data(document, o=objective, k=key_result, late=late)
    told = [(error["parameters"], error["message"]) for name in "abc" for error in answers[name]["userErrors"]]
    assert [parameters for parameters, _ in told] == [
        {"last": "2026-07-02T12:00:00Z"},
        {"startsAt": "2026-01-01T00:00:00Z", "endsAt": "2027-01-01T00:00:00Z"},
        {"doneAt": "2026-12-31T23:00:00Z"},
    ]
    assert all("+0" not in message for _, message in told)


async def test_taken_ids_and_names_are_told_together(client: Client) -> None:
    first = await client.make("personCreate", name="A", email="a@example.com", externalId="a")
    other = {"id": first, "name": "B", "email": "a@example.com", "externalId": "a"}
    payload = await client.change("personCreate", other, "person { name }")
    assert payload["person"] == {"name": "A"}
    assert {(error["code"], error["field"][1]) for error in payload["userErrors"]} == {
        *(("TAKEN", "id"), ("TAKEN", "email"), ("TAKEN", "externalId")),
    }


async def test_values_that_no_scalar_or_enum_takes_are_all_told_with_their_paths(client: Client) -> None:
    document = "mutation($input: KeyResultCheckInInput!) { keyResultCheckIn(input: $input) { checkIn { id } } }"
    answer = await client.answer(document, input={"keyResultId": "x", "value": "x", "status": "FINE", "at": "soon"})
    assert "data" not in answer
    assert {tuple(error["extensions"]["inputPath"]) for error in answer["errors"]} == {
        *(("input", "value"), ("input", "status"), ("input", "at")),
    }
    literal = 'mutation { keyResultCheckIn(input: {keyResultId: "x", value: "x", at: "soon"}) { checkIn { id } } }'
    errors = (await client.answer(literal))["errors"]
    assert [error["extensions"]["inputPath"] for error in errors] == [["input", "at"], ["input", "value"]]
    listed = (
        "query($ids: [ID!]!, $f: ObjectiveFilter) { nodes(ids: $ids) { id } objectives(filter: $f) { totalCount } }"
    )
    answer = await client.answer(listed, ids=["x", None, 1.5], f={"and": [{"createdAt": {"lt": "soon"}}]})
    assert [error["extensions"]["inputPath"] for error in answer["errors"]] == [
        *(["ids", 1], ["ids", 2], ["f", "and", 0, "createdAt", "lt"]),
    ]


async def test_bad_ids_come_in_the_order_of_the_fields(client: Client) -> None:
    ids = {"cycleId": "c", "ownerId": "o", "teamId": "t", "pillarId": "p"}
    payload = await client.change("objectiveCreate", {"id": "i", "title": "", **ids}, "objective { id }")
    assert [error["field"][1] for error in payload["userErrors"]] == [
        *("id", "cycleId", "ownerId", "teamId", "pillarId", "title")
    ]
