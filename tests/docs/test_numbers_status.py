"""Time, pace, status and staleness of key results, as docs/numbers.md says them in 2, 7, 8 and 11."""

from datetime import date, datetime, timedelta
from fractions import Fraction

from service.cadence.due import Cadence, Weekday, due_after
from service.cycles.calendar import instants
from service.cycles.granules import DateGranularity, first_day, last_day
from service.cycles.pace import Policy, elapsed, pace
from service.rollup.pace_status import Adherence, StatusRules, pace_timeline
from service.rollup.status_timeline import status_at
from tests.docs.numbers_goals import END, START, at, known, standing, stated
from tests.docs.numbers_page import NULL, Row, executes, told


def share(row: Row, column: str) -> str | None:
    return None if row[column] == NULL else row[column]


def day(moment: datetime | None) -> str:
    """A moment that is the beginning of a day."""
    assert moment is None or moment.time().isoformat() == "00:00:00"
    return NULL if moment is None else moment.date().isoformat()


@executes("cycles")
def test_cycles(row: Row) -> None:
    days = (date.fromisoformat(row["startsOn"]), date.fromisoformat(row["endsOn"]))
    found = [each.isoformat().replace("+00:00", "Z") for each in instants(*days, row["time zone"])]
    assert found == [row["startsAt"], row["endsAt"]]


@executes("pace")
def test_pace(row: Row) -> None:
    found, step = standing(known(row["kind"], share(row, "progressRaw")), row["asked on"])
    passed = elapsed(START, END, at(row["asked on"]))
    assert told(found.values.raw, row["progressRaw"]) == row["progressRaw"]
    assert told(passed, row["elapsed"]) == row["elapsed"]
    assert told(pace(found.values.progress, passed), row["pace"]) == row["pace"]
    assert (step.status, step.reason) == (row["status"], row["statusReason"])


@executes("adherence-status")
def test_adherence(row: Row) -> None:
    met, valued, ended = (int(row[f"periods {name}"]) for name in ("met", "with a value", "ended without a value"))
    timeline = pace_timeline(
        Fraction(met, valued + ended + 1),
        START,
        END,
        Policy(),
        rules=StatusRules(is_control=True, adherence=Adherence(met, valued, [START + timedelta(days=30)] * ended)),
    )
    assert status_at(timeline, at("2026-02-15")).status == row["status"]


@executes("stated")
def test_stated_status(row: Row) -> None:
    said = stated(row["stated on"], row["stated"])
    _, step = standing(known("INCREASE", row["progress"], stated_status=said), row["asked on"])
    assert (step.status, step.reason) == (row["status"], row["statusReason"])
    assert told(step.diverges, row["statusDiverges"]) == row["statusDiverges"]


@executes("staleness")
def test_staleness(row: Row) -> None:
    newest = at(row["newest check-in"]) if row["newest check-in"] else None
    found, step = standing(known(row["kind"], row["progress"], checked_in_at=newest), row["asked on"])
    assert (step.staleness or NULL) == row["staleness"]
    assert day(found.values.check_in_due_at if step.staleness else None) == row["nextCheckInDueAt"]


@executes("cadence")
def test_cadences(row: Row) -> None:
    weekday = Weekday(row["weekday"]) if row["weekday"] else None
    cadence = Cadence(int(row["days"]), weekday, row["time zone"])
    due_at = due_after(datetime.fromisoformat(row["newest check-in"]), cadence)
    assert due_at.isoformat() == datetime.fromisoformat(row["nextCheckInDueAt"]).isoformat()


@executes("granules")
def test_granules(row: Row) -> None:
    day, kind = date.fromisoformat(row["date"]), DateGranularity(row["granularity"])
    month = int(row["fiscal year from month"])
    assert first_day(day, kind, month).isoformat() == row["as a start"]
    assert last_day(day, kind, month).isoformat() == row["as a due date"]


@executes("dated")
def test_dated(row: Row) -> None:
    starts_at = at(row["start"]) if row["start"] else None
    due_at = at(row["due"]) + timedelta(days=1) if row["due"] else None
    progress = "0.45" if row["kind"] == "INCREASE" else "0"
    node = known(row["kind"], progress, own_starts_at=starts_at, own_due_at=due_at)
    found, step = standing(node, row["asked on"])
    assert (found.values.starts_at, found.values.due_at) == (starts_at or START, due_at or END)
    passed = elapsed(starts_at or START, due_at or END, at(row["asked on"]))
    assert told(passed, row["elapsed"]) == row["elapsed"]
    assert told(pace(found.values.progress, passed), row["pace"]) == row["pace"]
    assert (step.status, step.reason) == (row["status"], row["statusReason"])
