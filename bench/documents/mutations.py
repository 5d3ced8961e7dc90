"""The mutations that are measured. By hand the same rows are written, see `bench/by_hand/recording.py`."""

from collections.abc import Mapping
from datetime import date, timedelta

from bench.documents.document import Document, Json, Targets

MEASUREMENTS = 1_000
LAST_DAY = date(2026, 6, 30)
ERRORS = "userErrors { code message field }"
GOAL = "externalId title level progress status"


def _mutation(name: str, selection: str) -> str:
    kind = f"{name[0].upper()}{name[1:]}Input"
    return f"mutation($input: {kind}!) {{ payload: {name}(input: $input) {{ {selection} {ERRORS} }} }}"


def check_in(targets: Targets, number: int) -> Mapping[str, Json]:
    """A check-in on the first key result of an objective five levels deep."""
    return _check_in(targets.key_results[number * 4], number)


def root_check_in(targets: Targets, number: int) -> Mapping[str, Json]:
    """A check-in on the key result of an objective that serves none; always the same one."""
    return _check_in(targets.root_key_result, number)


def chain_check_in(targets: Targets, number: int) -> Mapping[str, Json]:
    """A check-in on the key result that is twelve levels deep; always the same one."""
    return _check_in(targets.chain_key_result, number)


def _check_in(key_result: str, number: int) -> Mapping[str, Json]:
    note = f"Note {number} of the meeting."
    return {"input": {"keyResultId": key_result, "value": str(20 + number % 70), "confidence": 0.7, "note": note}}


def update_objective(targets: Targets, number: int) -> Mapping[str, Json]:
    """Another title and description."""
    title, description = f"Renamed {number}", f"What number {number} is about."
    return {"input": {"id": targets.leaves[number * 4 + 1], "title": title, "description": description}}


def create_objective(targets: Targets, number: int) -> Mapping[str, Json]:
    """An objective that serves none yet."""
    title = f"Created {number}"
    return {"input": {"cycleId": targets.cycle, "title": title, "level": "TEAM", "externalId": f"created-{number}"}}


def align(targets: Targets, number: int) -> Mapping[str, Json]:
    """A further edge from an objective without children to one of the level above."""
    parent = targets.parents[(number * 4 + 1_000) % len(targets.parents)]
    return {"input": {"objectiveId": targets.leaves[number * 4 + 2], "parentId": parent, "weight": 2}}


def move(targets: Targets, number: int) -> Mapping[str, Json]:
    """Another primary parent."""
    parent = targets.parents[(number * 4 + 500) % len(targets.parents)]
    return {"input": {"id": targets.leaves[number * 4 + 3], "parentId": parent}}


def record(targets: Targets, number: int) -> Mapping[str, Json]:
    """A thousand measurements: ten KPIs, each for a hundred days that no other request has."""
    return {"input": {"measurements": measurements(targets, number, MEASUREMENTS), "source": "bench"}}


def measurements(targets: Targets, number: int, count: int) -> list[Json]:
    """Measurements of the recorded KPIs for the days of a number."""
    days = count // len(targets.kpis)
    last = LAST_DAY - timedelta(days=number * days)
    return [
        {"kpiId": kpi, "on": (last - timedelta(days=day)).isoformat(), "value": str(day % 90 + 1)}
        for kpi in targets.kpis
        for day in range(days)
    ]


CHECK_IN = _mutation(
    "keyResultCheckIn", f"checkIn {{ value note keyResult {{ current progress objective {{ {GOAL} }} }} }}"
)
MUTATIONS = (
    Document("check-in", CHECK_IN, 40, check_in),
    Document("check-in-0", CHECK_IN, 40, root_check_in),
    Document("check-in-12", CHECK_IN, 40, chain_check_in),
    Document("update-objective", _mutation("objectiveUpdate", f"objective {{ {GOAL} version }}"), 40, update_objective),
    Document("create-objective", _mutation("objectiveCreate", f"objective {{ {GOAL} version }}"), 40, create_objective),
    Document("align", _mutation("objectiveAlign", f"alignment {{ weight parent {{ {GOAL} }} }}"), 40, align),
    Document("move", _mutation("objectiveMove", f"objective {{ {GOAL} parents {{ externalId }} }}"), 40, move),
    Document(
        "record-1000", _mutation("kpiMeasurementsRecord", "results { outcome startsOn }"), 4, record, MEASUREMENTS
    ),
)
