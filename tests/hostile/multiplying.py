"""Short documents that ask for very much, over an organization with a hundred objectives in one cycle."""

from typing import Any

from tests.hostile.documents import Body

COUNT = 100


def items() -> list[dict[str, Any]]:
    """The items of an import: a cycle with a hundred objectives, each below the one before it in a tree of tens."""
    year = {"externalId": "c", "name": "2026", "kind": "YEAR", "startsOn": "2026-01-01", "endsOn": "2026-12-31"}
    objectives = [{"externalId": f"o{number}", "title": "t" * 100, "cycle": "c"} for number in range(COUNT)]
    edges = [{"objective": f"o{number}", "parent": f"o{(number - 1) // 10}"} for number in range(1, COUNT)]
    return [{"cycle": year}, *({"objective": each} for each in objectives), *({"alignment": each} for each in edges)]


def cycles(times: int, selection: str = "id", first: int = 100) -> str:
    """`first` objectives of the cycle of each objective, so many times over: `first` to the power of that and one."""
    for _ in range(times):
        selection = f"cycle {{ objectives(first: {first}) {{ nodes {{ {selection} }} }} }}"
    return f"objectives(first: {first}) {{ nodes {{ {selection} }} }}"


def repeat_field(count: int, field: str) -> Body:
    """One field under so many aliases."""
    return {"query": "{ " + " ".join(f"a{number}: {field}" for number in range(count)) + " }"}


def one_id(count: int, times: int, id: str) -> Body:
    """One object so many times, under so many aliases, with all that is below it."""
    inner = "id ... on Objective { title descendants(first: 100) { edges { depth node { id title } } } }"
    fields = " ".join(f"a{number}: nodes(ids: $ids) {{ {inner} }}" for number in range(count))
    return {"query": f"query($ids: [ID!]!) {{ {fields} }}", "variables": {"ids": [id] * times}}
