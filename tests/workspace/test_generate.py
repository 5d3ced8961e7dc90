"""Made-up organizations: the same one for the same seed, with every objective in a tree."""

from collections import Counter
from typing import Any

import orjson

from service.workspace.generating import generate
from service.workspace.items import any_item

OBJECTIVES = 500


def made(objectives: int = OBJECTIVES, seed: int = 1) -> bytes:
    """A whole file."""
    return b"\n".join(orjson.dumps(item) for item in generate(objectives, seed))


def test_the_same_seed_makes_the_same_bytes_and_another_one_others() -> None:
    assert made() == made()
    assert made(seed=2) != made()
    assert made(OBJECTIVES + 1) != made()


def test_every_objective_is_a_root_or_below_one() -> None:
    items = list(generate(OBJECTIVES, 1))
    objectives = [item["externalId"] for item in items if item["type"] == "Objective"]
    parents = {item["objective"]: item["parent"] for item in items if item["type"] == "Alignment"}
    assert len(set(objectives)) == OBJECTIVES
    assert set(parents) | set(parents.values()) <= set(objectives)

    def root(name: str) -> str:
        seen = {name}
        while name in parents:
            name = parents[name]
            assert name not in seen
            seen.add(name)
        return name

    roots = [name for name in objectives if name not in parents]
    assert roots == [f"objective-{number}" for number in range(20)]
    assert {root(name) for name in objectives} == set(roots)
    assert max(Counter(parents.values()).values()) == 5


def test_each_objective_has_its_owner_its_team_and_three_key_results_with_a_check_in() -> None:
    items = list(generate(OBJECTIVES, 1))

    def of(kind: str) -> list[dict[str, Any]]:
        return [item for item in items if item["type"] == kind]

    names = {kind: {item["externalId"] for item in of(kind)} for kind in ("Person", "Team", "KeyResult")}
    assert all(each["owner"] in names["Person"] and each["team"] in names["Team"] for each in of("Objective"))
    assert set(Counter(each["objective"] for each in of("KeyResult")).values()) == {3}
    assert Counter(each["keyResult"] for each in of("CheckIn")) == dict.fromkeys(names["KeyResult"], 1)


def test_every_item_can_be_read_and_refers_to_one_before_it() -> None:
    known: set[tuple[str, str]] = set()
    for said in generate(OBJECTIVES, 1):
        item = any_item.validate_python(said)
        for name, kind in item.REFERENCES.items():
            assert getattr(item, name) is None or (kind, getattr(item, name)) in known
        known.add((item.type, said.get("externalId", "")))


def test_one_objective_is_an_organization_too() -> None:
    kinds = Counter(item["type"] for item in generate(1, 1))
    assert kinds == {"Person": 1, "Team": 1, "Membership": 1, "Cycle": 1, "Objective": 1, "KeyResult": 3, "CheckIn": 3}
