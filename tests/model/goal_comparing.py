"""Compares every goal of an organization with the model, field by field, at several moments."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from service.values.global_ids import decode
from tests.model.closing import proposed_score, score
from tests.model.drawn_values import cadence_of
from tests.model.exact import shown_decimal, shown_float
from tests.model.goal_history import GoalHistory
from tests.model.goals import Moment, World
from tests.model.report_comparing import report_differences
from tests.model.standing import Standings

LATER = tuple(timedelta(days=days) for days in (0, 4, 11, 45, 150))
SOON = (LATER[0], LATER[2])
# The other reasons say how a status came about.
NAMED_REASONS = ("GUARDRAIL_BREACHED", "STATED_STATUS_EXPIRED", "CONTRIBUTORS_WITHOUT_DATA", "CYCLE_CLOSED")
BOTH = "id progress progressRaw progressReason pace confidence status statusReason statusDiverges staleness"
BOTH += " score proposedScore nextCheckInDueAt startsAt dueAt isPastDue owner { id }"
BOTH += " effectiveCheckInCadence { days weekday }"
BOTH += " carriedFrom { id } carriedTo { id } carryOvers { decision cycle { id } %s { id } }"
INSTANTS = ("nextCheckInDueAt", "startsAt", "dueAt")
DOCUMENT = f"""{{
  objectives(first: 100, includeArchived: true) {{ nodes {{ {BOTH % "successor"} kind level coverage overdueBelow }} }}
  keyResults(first: 100, includeArchived: true) {{
    nodes {{ {BOTH % "successorKeyResult"} current baseline target hasData regressed guardrailBreached }}
  }}
  checkInsDue(first: 100) {{ nodes {{ dueAt staleness owner {{ id }} objective {{ id }} keyResult {{ id }} }} }}
}}"""


async def differences(history: GoalHistory, later: tuple[timedelta, ...] = LATER) -> list[str]:
    """What the service and the model do not agree on; the clock of the service stays where it was."""
    clock, now, found = history.client.clock, history.now, []
    for wait in later:
        clock.now = now + wait
        data = await history.client.data(DOCUMENT)
        answers = {each["id"]: each for name in ("objectives", "keyResults") for each in data[name]["nodes"]}
        moment = Moment(history.world, clock.now)
        standings = Standings(moment)
        assert answers.keys() == history.world.objectives.keys() | history.world.key_results.keys()
        found += await report_differences(history, standings, history.people[1] or "")
        found += due_differences(data["checkInsDue"]["nodes"], standings)
        for id, answer in answers.items():
            span, cycle = moment.span(id), moment.cycle(id)
            assert span.starts < span.ends
            assert cycle.allows_dates_outside or cycle.starts <= span.starts < span.ends <= cycle.ends
            for name, value in expected(standings, id).items():
                if value != (told := comparable(name, answer[name])):
                    goal = history.world.goal(id)
                    found.append(f"{name}: {told} instead of {value} after {wait}, at {clock.now}, of {goal}")
    clock.now = now
    return found


def expected(standings: Standings, id: str) -> dict[str, Any]:
    """What the model says about a goal, by the names of the fields."""
    moment, standing = standings.moment, standings.of(id)
    progress, key_result = moment.progress(id), moment.world.key_results.get(id)
    goal = key_result or moment.world.objectives[id]
    said = goal.latest("confidence")
    found: dict[str, Any] = {
        "progress": shown_float(progress.progress),
        "progressRaw": shown_float(progress.raw),
        "progressReason": progress.reason,
        "pace": shown_float(standings.pace(id)),
        "confidence": shown_float(said.confidence) if said else None,
        "status": standing.status,
        "statusReason": standing.reason if standing.reason in NAMED_REASONS else "another",
        "statusDiverges": standing.diverges,
        "staleness": standings.staleness(id),
        "nextCheckInDueAt": standings.next_due(id),
        "effectiveCheckInCadence": moment.cadence(id),
        "score": shown_float(score(moment, id)),
        "proposedScore": shown_float(proposed_score(moment, id)),
        "startsAt": moment.span(id).starts,
        "dueAt": moment.span(id).ends,
        "isPastDue": standings.past_due(id),
        "owner": goal.owner,
        **lineage(moment.world, id),
    }
    if key_result is None:
        manual = moment.world.objectives[id].progress_source == "MANUAL"
        return found | {
            "coverage": None if manual else shown_float(moment.coverage(id)),
            "overdueBelow": standings.overdue_below(id),
            "kind": moment.world.objectives[id].kind,
            "level": moment.world.objectives[id].level,
        }
    found |= {"regressed": progress.regressed, "guardrailBreached": key_result.guardrail_red}
    if key_result.kind and key_result.kind != "MILESTONE" and key_result.value_source != "ALIGNED_OBJECTIVES":
        numbers = {name: shown_decimal(getattr(progress, name)) for name in ("current", "target")}
        # A baseline that was given is shown, though REACH and BINARY begin at 0.
        given = key_result.kind in ("REACH", "BINARY")
        numbers["baseline"] = shown_decimal(key_result.baseline if given else progress.baseline)
        found |= numbers | {"hasData": progress.has_data}
    return found


def due_differences(nodes: list[Any], standings: Standings) -> list[str]:
    """What the list of due check-ins says otherwise than the model."""
    world = standings.moment.world
    told = [((each["keyResult"] or each["objective"])["id"], each["staleness"]) for each in nodes]
    owed = [each["owner"] and each["owner"]["id"] for each in nodes]
    stale = {id: standings.staleness(id) for id in [*world.objectives, *world.key_results]}
    due = {id: each for id, each in stale.items() if each in ("DUE", "OVERDUE")}
    followed = {id for id, each in world.key_results.items() if each.value_source == "KPI"}
    expected = sorted(due.keys() - followed, key=lambda id: (standings.next_due(id), parsed_id(id)))
    owners = [world.goal(id).owner or world.objectives[objective_of(world, id)].owner for id in expected]
    if told == [(id, due[id]) for id in expected] and owed == owners:
        return []
    return [f"checkInsDue: {told} of {owed} instead of {expected} of {owners} at {standings.now}"]


def objective_of(world: World, id: str) -> str:
    """The objective of a key result, or the objective itself."""
    return world.key_results[id].objective if id in world.key_results else id


def parsed_id(id: str) -> UUID:
    """The UUID in a global id."""
    decoded = decode(id)
    assert decoded
    return decoded[1]


def lineage(world: World, id: str) -> dict[str, Any]:
    """Which goals a goal carries on, and what was decided about it for other cycles."""
    own = [each for each in world.carry_overs if each.goal == id]
    return {
        "carriedFrom": next((each.goal for each in world.carry_overs if each.successor == id), None),
        "carriedTo": {each.successor for each in own if each.successor and not world.goal(each.successor).archived},
        "carryOvers": {(each.decision, each.cycle, each.successor) for each in own},
    }


def comparable(name: str, value: Any) -> Any:
    """A value of an answer as the model has it."""
    if name in ("owner", "carriedFrom"):
        return value and value["id"]
    if name == "effectiveCheckInCadence":
        return cadence_of(value)
    if name == "carriedTo":
        return {each["id"] for each in value}
    if name == "carryOvers":
        return {(each.pop("decision"), *(end and end["id"] for end in each.values())) for each in value}
    if name == "statusReason":
        return value if value in NAMED_REASONS else "another"
    if value is None or not isinstance(value, str):
        return value
    if name in INSTANTS:
        return datetime.fromisoformat(value)
    return Decimal(value) if name in ("current", "baseline", "target") else value
