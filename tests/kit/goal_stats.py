"""Statistics of goals, and what the lists of goals come to when they are counted in Python."""

from fractions import Fraction
from statistics import median
from typing import Any

from tests.authorization.world import uuid_of
from tests.kit.client import Client

DIMENSIONS = ("TEAM", "OWNER", "LEVEL", "CYCLE", "PILLAR", "PERSPECTIVE", "KIND", "STATUS", "STALENESS")
OBJECTS = ("TEAM", "OWNER", "CYCLE", "PILLAR")
ORDERS = {
    "LEVEL": ("COMPANY", "TEAM", "INDIVIDUAL"),
    "PERSPECTIVE": ("FINANCIAL", "CUSTOMER", "INTERNAL_PROCESS", "LEARNING_AND_GROWTH"),
    "STATUS": ("ACHIEVED", "NOT_STARTED", "PENDING", "ON_TRACK", "AT_RISK", "OFF_TRACK"),
    "STALENESS": ("FRESH", "DUE", "OVERDUE"),
}
KEYS = "by level perspective kind status staleness team { id } owner { id } cycle { id } pillar { id }"
NUMBERS = """count overdueCount greenShare meanProgress medianProgress meanConfidence
    statuses { status count overdueCount }"""
LISTS = (("goalStats", "objectives", "ObjectiveFilter"), ("keyResultStats", "keyResults", "KeyResultFilter"))
_OF_OBJECTIVE = "level perspective team { id } cycle { id } pillar { id }"
_GOAL = "id kind status staleness progress confidence owner { id }"
FIELDS = {
    "objectives": f"{_GOAL} {_OF_OBJECTIVE}",
    "keyResults": f"{_GOAL} objective {{ {_OF_OBJECTIVE} owner {{ id }} }}",
}


async def statistics(client: Client, kind: int, filter: Any, *, archived: bool = False) -> list[Any]:
    """The statistics of objectives (0) or key results (1): of all, and by each dimension; with rounded numbers."""
    field, goals, type_ = LISTS[kind]
    parts = "\n".join(
        f"d{number}: {field}(filter: $filter, includeArchived: $archived{by}) {{ {KEYS} {NUMBERS} "
        f"{goals}(first: 100) {{ totalCount nodes {{ id }} }} }}"
        for number, by in enumerate(["", *(f", groupBy: {each}" for each in DIMENSIONS)])
    )
    document = f"query($filter: {type_}, $archived: Boolean!) {{ {parts} }}"
    return rounded(list((await client.data(document, filter=filter, archived=archived)).values()))


async def counted(client: Client, kind: int, filter: Any, *, archived: bool = False) -> list[Any]:
    """What `statistics` should be by the list that the same client reads."""
    _, goals, type_ = LISTS[kind]
    document = f"""query($filter: {type_}, $archived: Boolean!) {{
        {goals}(first: 100, filter: $filter, includeArchived: $archived) {{
            totalCount nodes {{ {FIELDS[goals]} }} }} }}"""
    page = (await client.data(document, filter=filter, archived=archived))[goals]
    assert page["totalCount"] == len(page["nodes"])
    found = [each if kind == 0 else _with_objective(each) for each in page["nodes"]]
    return rounded([[_group(goals, None, None, found)], *(_groups(goals, by, found) for by in DIMENSIONS)])


def rounded(value: Any) -> Any:
    """Numbers with nine digits: the lists have fractions as floats, of which the mean is a little less exact."""
    if isinstance(value, float):
        return round(value, 9)
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return {name: rounded(each) for name, each in value.items()} if isinstance(value, dict) else value


def _with_objective(key_result: Any) -> Any:
    objective = key_result["objective"]
    return {**objective, **key_result, "owner": key_result["owner"] or objective["owner"]}


def _groups(goals: str, by: str, found: list[Any]) -> list[Any]:
    keys = {_key(by, each) for each in found}
    return [
        _group(goals, by, key, [each for each in found if _key(by, each) == key])
        for key in sorted(keys, key=_order(by))
    ]


def _key(by: str, goal: Any) -> Any:
    value = goal[by.lower()]
    return value["id"] if isinstance(value, dict) else value


def _order(by: str) -> Any:
    if by in OBJECTS:
        return lambda key: (key is None, "" if key is None else str(uuid_of(key)))
    order = ORDERS.get(by, KINDS)
    return lambda key: (key is None, 0 if key is None else order.index(key))


KINDS = (
    *("ASPIRATIONAL", "COMMITTED", "LEARNING"),
    *("INCREASE", "DECREASE", "INCREASE_BY", "DECREASE_BY", "INCREASE_BY_PERCENT", "DECREASE_BY_PERCENT", "REACH"),
    *("AT_LEAST", "AT_MOST", "WITHIN_RANGE", "MILESTONE", "BINARY", "BASELINE"),
)


def _group(goals: str, by: str | None, key: Any, found: list[Any]) -> dict[str, Any]:
    names = [each.lower() for each in DIMENSIONS]
    node = {"id": key} if by in OBJECTS and key is not None else key
    judged = [each for each in found if each["status"] is not None]
    overdue = [each for each in judged if each["staleness"] == "OVERDUE"]
    green = [each for each in judged if each["status"] in ("ACHIEVED", "ON_TRACK") and each not in overdue]
    progress = [Fraction(str(each["progress"])) for each in judged if each["progress"] is not None]
    confidence = [Fraction(str(each["confidence"])) for each in judged if each["confidence"] is not None]
    return {
        **dict.fromkeys(names),
        "by": by,
        **({by.lower(): node} if by else {}),
        "count": len(found),
        "overdueCount": len(overdue),
        "greenShare": len(green) / len(judged) if judged else None,
        "meanProgress": float(sum(progress) / len(progress)) if progress else None,
        "medianProgress": float(median(progress)) if progress else None,
        "meanConfidence": float(sum(confidence) / len(confidence)) if confidence else None,
        "statuses": [
            {
                "status": status,
                "count": sum(each["status"] == status for each in judged),
                "overdueCount": sum(each["status"] == status for each in overdue),
            }
            for status in ORDERS["STATUS"]
            if any(each["status"] == status for each in judged)
        ],
        goals: {"totalCount": len(found), "nodes": [{"id": each["id"]} for each in found]},
    }
