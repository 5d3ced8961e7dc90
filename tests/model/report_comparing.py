"""Compares the reports on all cycles with the model: the totals, and the groups by level and by owner."""

from typing import Any

from tests.model.history import History
from tests.model.reporting import Report
from tests.model.standing import Standings

SHARED = """count greenShare overdueCount meanConfidence statuses { status count overdueCount }
    staleness { staleness count } scoreBands { band count } confidence { level count }"""
COUNTS = f"""
    objectives {{ {SHARED} alignmentRate alignment {{ state count }}
        kinds {{ kind count scoredCount meanScore portfolioFlag postmortemCount }} }}
    keyResults {{ {SHARED} }}
    activity {{ ownerCount activeOwnerCount participation expectedCount metCount checkInRate }}"""
REPORT = f"""{COUNTS}
    levels: groups(by: LEVEL) {{ level {COUNTS} }}
    owners: groups(by: OWNER) {{ owner {{ id }} {COUNTS} }}"""


async def report_differences(history: History, standings: Standings, author: str) -> list[str]:
    """What the service counts otherwise than the model, by the names of what is counted."""
    cycles = dict(enumerate(history.world.cycles))
    fields = " ".join(f'c{place}: cycleReport(cycleId: "{id}") {{ {REPORT} }}' for place, id in cycles.items())
    data, found = await history.client.data(f"{{ {fields} }}"), []
    for place, id in cycles.items():
        report, answer = Report(standings, id, author), data[f"c{place}"]
        levels, owners = answer.pop("levels"), answer.pop("owners")
        expected = {
            "total": report.total(),
            "levels": report.groups(report.level),
            "owners": report.groups(report.owner),
        }
        told = {
            "total": answer,
            "levels": {each.pop("level"): each for each in levels},
            "owners": {(each["owner"] or {}).get("id"): without_owner(each) for each in owners},
        }
        found += [f"{each}, of cycle {place} at {standings.now}" for each in unlike(told, expected)]
    return found


def without_owner(group: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in group.items() if name != "owner"}


def unlike(told: Any, expected: Any, *names: str) -> list[str]:
    """Where two answers differ, as far inside as both are objects with the same fields."""
    if isinstance(told, dict) and isinstance(expected, dict) and told.keys() == expected.keys():
        return [each for name in told for each in unlike(told[name], expected[name], *names, str(name))]
    return [] if told == expected else [f"{'.'.join(names)}: {told} instead of {expected}"]
