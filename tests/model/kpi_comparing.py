"""Compares every KPI of an organization, its series and its key results with the model, at several moments."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.model.exact import clamped, shown_decimal, shown_float
from tests.model.goal_comparing import DOCUMENT as GOALS
from tests.model.goal_comparing import comparable, expected
from tests.model.goals import Moment
from tests.model.kpi_buckets import Bucket, bucket
from tests.model.kpi_facts import FREQUENCIES, Kpi, Target, period_of
from tests.model.kpi_history import FIRST_DAY, LAST_DAY, KpiHistory
from tests.model.kpi_standing import followed, guardrail_red, line, standing, trend
from tests.model.kpi_values import Values, aggregation
from tests.model.standing import Standings

LATER = tuple(timedelta(days=days) for days in (0, 3, 33, 70))
TARGET = "target targetLower targetUpper"
STANDING = (
    "id current currentPeriodStart previous change attainment varianceToTarget status freshness isStale "
    f"nextMeasurementDueAt trend changePerPeriod {TARGET}"
)
POINT = f"startsOn value attainment status count expectedCount isComplete isRunning varianceToTarget {TARGET}"
PARTS = "partialValue inputCount expectedInputCount"
BOARD = "{ kpiScorecard { total green amber red noData noTarget overdueCount score coverage } }"
DECIMALS = {
    "current",
    "previous",
    "change",
    "varianceToTarget",
    "target",
    "targetLower",
    "targetUpper",
    "value",
    "partialValue",
}


async def differences(history: KpiHistory, later: tuple[timedelta, ...] = LATER) -> list[str]:
    """What the service and the model do not agree on; the clock of the service stays where it was."""
    clock, now, found = history.client.clock, history.now, []
    for wait in later:
        clock.now = now + wait
        values = Values(history.kpis, clock.now)
        for id, kpi in history.kpis.items():
            # What is archived is not computed anew.
            if kpi.archived and kpi.source != "MEASURED":
                continue
            buckets = buckets_of(kpi)
            series = " ".join(
                f'{name}: series(bucket: {name}, from: "2025-10-05") {{ {POINT} {PARTS} }}' for name in buckets
            )
            forecast = f'forecast(at: "{clock.now.date() + timedelta(days=40)}") {{ sampleSize value }}'
            text = f"query($id: ID!) {{ kpi(id: $id) {{ {STANDING} {series} {forecast} }} }}"
            answer = (await history.client.data(text, id=id))["kpi"]
            shown = f"after {wait}, at {clock.now}, of {history.names[id]} {kpi}"
            found += compared("kpi", answer, expected_kpi(values, id), shown)
            found += compared("forecast", answer["forecast"], expected_forecast(values, id, 40), shown)
            for name in buckets:
                for point in answer[name]:
                    made = bucket(values, id, datetime.fromisoformat(point["startsOn"]).date(), name)
                    longer = name != kpi.frequency
                    if not longer and kpi.source.startswith("CHILDREN"):
                        found += compared(name, point, expected_parts(values, id, made), f"{point['startsOn']} {shown}")
                    wanted = expected_point(kpi, made, longer and mixed(values, kpi))
                    found += compared(name, point, wanted, f"{point['startsOn']} {shown}")
        board = (await history.client.data(BOARD))["kpiScorecard"]
        if all(kpi.source == "MEASURED" or not kpi.archived for kpi in history.kpis.values()):
            found += compared("board", board, expected_board(values), f"after {wait}, at {clock.now}")
        found += await of_goals(history, values, f"after {wait}, at {clock.now}")
    clock.now = now
    return found


async def of_goals(history: KpiHistory, values: Values, shown: str) -> list[str]:
    """The differences of the key results that follow KPIs or are guarded by them, and of their objective."""
    data = await history.client.data(GOALS)
    for id, row in history.world.key_results.items():
        row.followed = followed(values, history.sources[id], row.kind or "", FIRST_DAY, LAST_DAY)
        guards = [kpi for key_result, kpi in history.guards.values() if key_result == id]
        row.guardrail_red = any(guardrail_red(values, kpi) for kpi in guards)
    standings, found = Standings(Moment(history.world, values.now)), []
    for answer in data["objectives"]["nodes"] + data["keyResults"]["nodes"]:
        goal = history.world.key_results.get(answer["id"]) or history.world.objectives[answer["id"]]
        source = history.kpis.get(history.sources.get(answer["id"], ""))
        for name, value in expected(standings, answer["id"]).items():
            # What follows a KPI shows the KPI's baseline; the document does not say which of limits.
            if name != "baseline" and value != (told := comparable(name, answer[name])):
                found.append(f"goal.{name}: {told} instead of {value} {shown} of {goal} on {source}")
    return found


def compared(where: str, answer: dict[str, Any], wanted: dict[str, Any], shown: str) -> list[str]:
    """The fields in which an answer is not what was wanted."""
    found = []
    for name, value in wanted.items():
        told = answer[name]
        if told is not None and name in DECIMALS:
            told = Decimal(told)
        elif told is not None and name == "nextMeasurementDueAt":
            told = datetime.fromisoformat(told)
        if told != value:
            found.append(f"{where}.{name}: {told} instead of {value} {shown}")
    return found


def expected_kpi(values: Values, id: str) -> dict[str, Any]:
    """What the model says of a KPI now, by the names of the fields."""
    found, kpi, slope = standing(values, id), values.kpis[id], line(values, id)
    shown = {
        "current": shown_decimal(found.current),
        "currentPeriodStart": found.current_period_start and found.current_period_start.isoformat(),
        "attainment": shown_float(found.attainment),
        "varianceToTarget": shown_decimal(found.variance_to_target),
        "status": found.status,
        "freshness": found.freshness,
        "isStale": found.is_stale,
        "nextMeasurementDueAt": found.next_measurement_due_at,
        "trend": trend(values, id),
        "changePerPeriod": shown_float(slope.slope) if slope else None,
        "previous": shown_decimal(found.previous),
    }
    if not kpi.cumulative and found.current is not None and found.previous is not None:
        shown["change"] = shown_decimal(found.current - found.previous)
    return shown | shown_target(kpi, found.target)


def expected_forecast(values: Values, id: str, days: int) -> dict[str, Any]:
    """What the line comes to on a day so many days ahead."""
    found, kpi = line(values, id), values.kpis[id]
    if found is None:
        return {"value": None}
    day = values.now.date() + timedelta(days=days)
    if kpi.cumulative and values.fiscal_year(day) != values.fiscal_year(values.valued(id)[-1][0].first):
        return {"value": None}
    place = values.place(id, period_of(kpi.frequency, day))
    return {"sampleSize": found.n, "value": shown_decimal(found.at(Fraction(place)))}


def expected_point(kpi: Kpi, made: Bucket, undecided: bool) -> dict[str, Any]:
    """What the model says of one period of a series."""
    shown: dict[str, Any] = {
        "value": shown_decimal(made.value),
        "status": made.status,
        "isRunning": made.is_running,
        "count": made.count,
        "expectedCount": made.expected_count,
    }
    if made.expected_count:
        shown["isComplete"] = made.is_complete
    if undecided:
        return {"isRunning": made.is_running}
    kinds = {each.kind for each in kpi.targets.values()}
    if made.value is not None and (len(kinds) == 1 or aggregation(kpi) == "LAST"):
        shown["attainment"] = shown_float(made.attainment)
        shown |= shown_target(kpi, made.target)
    return shown


def expected_parts(values: Values, id: str, made: Bucket) -> dict[str, Any]:
    """Of how many children a period of a parent is made, where it is made of any."""
    cell = values.cell(id, values.period(id, made.first))
    if not cell.parts:
        return {}
    return {
        "partialValue": shown_decimal(cell.partial),
        "inputCount": cell.parts,
        "expectedInputCount": cell.expected_parts,
    }


def expected_board(values: Values) -> dict[str, Any]:
    """How all KPIs together stand; those without data or target are not in the score."""
    all_of = [standing(values, id) for id, kpi in values.kpis.items() if not kpi.archived]
    statuses = [each.status for each in all_of]
    shares = [clamped(each.attainment) for each in all_of if each.attainment is not None and each.status != "NO_DATA"]
    return {
        "total": len(all_of),
        "green": statuses.count("GREEN"),
        "amber": statuses.count("AMBER"),
        "red": statuses.count("RED"),
        "noData": statuses.count("NO_DATA"),
        "noTarget": statuses.count("NO_TARGET"),
        "overdueCount": sum(each.is_stale for each in all_of),
        "score": shown_float(sum(shares, Fraction(0)) / len(shares)) if shares else None,
        "coverage": shown_float(Fraction(len(shares), len(all_of))) if all_of else None,
    }


def shown_target(kpi: Kpi, target: Target | None) -> dict[str, Any]:
    """A target as the fields of an answer."""
    if target is None:
        return {"target": None, "targetLower": None, "targetUpper": None}
    if kpi.direction == "RANGE":
        return {"targetLower": shown_decimal(target.lower), "targetUpper": shown_decimal(target.upper)}
    return {"target": shown_decimal(target.value)}


def mixed(values: Values, kpi: Kpi) -> bool:
    """Whether a formula has inputs of other frequencies: the document leaves open what its running periods come to."""
    return kpi.source == "FORMULA" and any(values.kpis[id].frequency != kpi.frequency for id in inputs(kpi.formula))


def inputs(tree: object) -> list[str]:
    """The ids of the KPIs in a formula."""
    if not isinstance(tree, tuple):
        return []
    return [str(tree[1])] if tree[0] == "kpi" else [id for each in tree[1:] for id in inputs(each)]


def buckets_of(kpi: Kpi) -> list[str]:
    """The periods that a series of the KPI can have; weeks make no longer period but a year of their own."""
    if kpi.frequency == "IRREGULAR":
        return ["MONTHLY", "QUARTERLY"]
    here = FREQUENCIES.index(kpi.frequency)
    return [name for name in FREQUENCIES[here:] if name != "WEEKLY" or kpi.frequency == "WEEKLY"]
