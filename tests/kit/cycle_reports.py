"""Reports on a cycle with the list of each count, and what lists of goals come to when they are counted in Python."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from tests.authorization.world import uuid_of
from tests.kit.client import Client

PAGE = "(first: 100) { totalCount nodes { id } }"
_SHARED = "count greenShare overdueCount meanConfidence"


def _counts(name: str) -> str:
    return f"""{_SHARED} {name}{PAGE}
        statuses {{ status count overdueCount {name}{PAGE} overdue{name[0].upper()}{name[1:]}{PAGE} }}
        staleness {{ staleness count {name}{PAGE} }} scoreBands {{ band count {name}{PAGE} }}
        confidence {{ level count {name}{PAGE} }}"""


COUNTS = f"""
    objectives {{ {_counts("objectives")} alignmentRate alignment {{ state count objectives{PAGE} }}
        kinds {{ kind count scoredCount meanScore portfolioFlag postmortemCount objectives{PAGE}
            postmortemObjectives{PAGE} }} }}
    keyResults {{ {_counts("keyResults")} }}
    activity {{ ownerCount activeOwnerCount participation owners{PAGE} activeOwners{PAGE} }}"""
DIMENSIONS = ("TEAM", "LEVEL", "PILLAR", "KIND", "OWNER")
GROUP = "by level kind team { id } pillar { id } owner { id }"
DOCUMENTS = [
    f"query($id: ID!, $filter: ObjectiveFilter) {{ cycleReport(cycleId: $id, filter: $filter) {{ {each} }} }}"
    for each in (COUNTS, *(f"groups(by: {by}) {{ {GROUP} {COUNTS} }}" for by in DIMENSIONS))
]
_GOAL = "id status staleness scoreBand confidence lifecycle owner { id } latestCheckIn { author { id } }"
GOALS = f"""{{
    objectives(first: 100) {{ nodes {{ {_GOAL} kind level score needsPostmortem team {{ id }} pillar {{ id }}
        cycle {{ id }} parents {{ lifecycle archivedAt }} }} }}
    keyResults(first: 100) {{ nodes {{ {_GOAL} objective {{ id }} }} }} }}"""
BANDS = ("GREEN", "YELLOW", "RED", None)


async def reports(client: Client, cycle: str, **filter: Any) -> list[dict[str, Any]]:
    """The report on a cycle, then its groups by each dimension."""
    documents = [await client.data(each, id=cycle, filter=filter or None) for each in DOCUMENTS]
    return [each["cycleReport"] for each in documents]


async def counted(client: Client, cycle: str) -> list[dict[str, Any]]:
    """What `reports` should be, by the lists of goals that the same client reads."""
    lists = await client.data(GOALS)
    objectives = [
        each for each in lists["objectives"]["nodes"] if each["lifecycle"] == "ACTIVE" and each["cycle"]["id"] == cycle
    ]
    by_id = {each["id"]: each for each in objectives}
    key_results = []
    for each in lists["keyResults"]["nodes"]:
        objective = by_id.get(each["objective"]["id"])
        if each["lifecycle"] == "ACTIVE" and objective is not None:
            own = {name: objective[name] for name in ("kind", "level", "team", "pillar")}
            key_results.append({**each, **own, "owner": each["owner"] or objective["owner"]})
    authors = {_id((each["latestCheckIn"] or {}).get("author")) for each in [*objectives, *key_results]}
    total = counts_of(objectives, key_results, authors)
    return [total, *({"groups": _groups(by, objectives, key_results, authors)} for by in DIMENSIONS)]


def counts_of(objectives: list[Any], key_results: list[Any], authors: set[Any]) -> dict[str, Any]:
    of_objectives, of_key_results = _goals("objectives", objectives), _goals("keyResults", key_results)
    aligned = [each for each in objectives if each["level"] != "COMPANY"]
    serving = [each for each in aligned if _serves(each)]
    of_objectives |= {
        "alignmentRate": _share(len(serving), len(aligned)),
        "alignment": _facet("state", "objectives", objectives, _state, ("ALIGNED", "UNALIGNED", "TOP")),
        "kinds": [
            _kind(kind, [each for each in objectives if each["kind"] == kind])
            for kind in ("ASPIRATIONAL", "COMMITTED", "LEARNING")
            if any(each["kind"] == kind for each in objectives)
        ],
    }
    owners = {_id(each["owner"]) for each in [*objectives, *key_results]} - {None}
    return {
        "objectives": of_objectives,
        "keyResults": of_key_results,
        "activity": {
            "ownerCount": len(owners),
            "activeOwnerCount": len(owners & authors),
            "participation": _share(len(owners & authors), len(owners)),
            "owners": owners,
            "activeOwners": owners & authors,
        },
    }


def ids_as_sets(report: Any) -> Any:
    """A report with each of its lists as a set of ids, once its length is what it says, and rounded numbers."""
    if isinstance(report, float):
        # The lists have scores and confidence as floats, of which the mean is a little less exact.
        return round(report, 9)
    if isinstance(report, list):
        return [ids_as_sets(each) for each in report]
    if not isinstance(report, dict):
        return report
    if "totalCount" in report:
        ids = [each["id"] for each in report["nodes"]]
        assert len(ids) == len(set(ids)) == report["totalCount"]
        return set(ids)
    return {name: ids_as_sets(each) for name, each in report.items()}


def _groups(by: str, objectives: list[Any], key_results: list[Any], authors: set[Any]) -> list[Any]:
    name = by.lower()

    def key(goal: Any) -> Any:
        return goal[name] if name in ("level", "kind") else _id(goal[name])

    groups = []
    for each in sorted({key(goal) for goal in [*objectives, *key_results]}, key=_order):
        own = [[goal for goal in goals if key(goal) == each] for goals in (objectives, key_results)]
        node = each if name in ("level", "kind") or each is None else {"id": each}
        empty = dict.fromkeys(("level", "kind", "team", "pillar", "owner"))
        groups.append({"by": by, **empty, name: node, **counts_of(own[0], own[1], authors)})
    return groups


def _goals(name: str, goals: list[Any]) -> dict[str, Any]:
    overdue = [each for each in goals if each["staleness"] == "OVERDUE"]
    green = [each for each in goals if each["status"] in ("ACHIEVED", "ON_TRACK") and each not in overdue]
    confidence = [Fraction(str(each["confidence"])) for each in goals if each["confidence"] is not None]
    statuses = _facet("status", name, goals, lambda each: each["status"], STATUSES)
    for each in statuses:
        own = {goal["id"] for goal in overdue if goal["status"] == each["status"]}
        each |= {"overdueCount": len(own), f"overdue{name[0].upper()}{name[1:]}": own}
    return {
        "count": len(goals),
        name: {each["id"] for each in goals},
        "greenShare": _share(len(green), len(goals)),
        "overdueCount": len(overdue),
        "meanConfidence": float(sum(confidence) / len(confidence)) if confidence else None,
        "statuses": statuses,
        "staleness": _facet(
            "staleness", name, goals, lambda each: each["staleness"], ("FRESH", "DUE", "OVERDUE", None)
        ),
        "scoreBands": _facet("band", name, goals, lambda each: each["scoreBand"], BANDS),
        "confidence": _facet(
            "level", name, goals, lambda each: _level(each["confidence"]), ("LOW", "MEDIUM", "HIGH", "NONE")
        ),
    }


STATUSES = ("ACHIEVED", "NOT_STARTED", "PENDING", "ON_TRACK", "AT_RISK", "OFF_TRACK")


def _kind(kind: str, goals: list[Any]) -> dict[str, Any]:
    scores = [Fraction(str(each["score"])) for each in goals if each["score"] is not None]
    mean = sum(scores) / len(scores) if scores else None
    flag = None
    if mean is not None and kind == "ASPIRATIONAL":
        flag = "SANDBAGGING" if mean > Fraction("0.85") else "OVERREACH" if mean < Fraction("0.4") else None
    postmortems = {each["id"] for each in goals if each["needsPostmortem"]}
    return {
        "kind": kind,
        "count": len(goals),
        "scoredCount": len(scores),
        "meanScore": None if mean is None else float(mean),
        "portfolioFlag": flag,
        "postmortemCount": len(postmortems),
        "objectives": {each["id"] for each in goals},
        "postmortemObjectives": postmortems,
    }


def _facet(name: str, goals_name: str, goals: Iterable[Any], value: Any, values: tuple[Any, ...]) -> list[Any]:
    ids: dict[Any, set[str]] = {}
    for each in goals:
        ids.setdefault(value(each), set()).add(each["id"])
    assert set(ids) <= set(values)
    return [{name: each, "count": len(ids[each]), goals_name: ids[each]} for each in values if each in ids]


def _state(goal: Any) -> str:
    return "TOP" if goal["level"] == "COMPANY" else "ALIGNED" if _serves(goal) else "UNALIGNED"


def _serves(goal: Any) -> bool:
    return any(each["lifecycle"] == "ACTIVE" and each["archivedAt"] is None for each in goal["parents"])


def _level(confidence: float | None) -> str:
    if confidence is None:
        return "NONE"
    return "LOW" if confidence < 1 / 3 else "MEDIUM" if confidence < 2 / 3 else "HIGH"


def _order(key: Any) -> Any:
    order = ("COMPANY", "TEAM", "INDIVIDUAL", "ASPIRATIONAL", "COMMITTED", "LEARNING")
    if key is None:
        return 1, ""
    return 0, order.index(key) if key in order else str(uuid_of(key))


def _id(node: Any) -> Any:
    return None if node is None else node["id"]


def _share(part: int, total: int) -> float | None:
    return part / total if total else None


def sums_of_groups(groups: list[Any]) -> Counter[Any]:
    """What the counts of groups add up to, by what they count."""
    sums: Counter[Any] = Counter()
    for group in groups:
        for goals in ("objectives", "keyResults"):
            sums[goals] += group[goals]["count"]
            for facet, name in (("statuses", "status"), ("staleness", "staleness"), ("scoreBands", "band")):
                for each in group[goals][facet]:
                    sums[goals, facet, each[name]] += each["count"]
    return sums
