"""What counts toward an objective and what is left out, case by case (docs/numbers.md, 6)."""

from decimal import Decimal
from typing import Any

import pytest

from service.key_results.progress import Definition
from service.rollup.tree import Exclusion
from tests.kit.goal_trees import edge, key_result, of, under


@pytest.mark.parametrize(
    ("more", "percent", "reason"),
    [
        ({"archived": True}, 80, "ARCHIVED"),
        ({"lifecycle": "DRAFT"}, 80, "DRAFT"),
        ({"lifecycle": "CANCELLED"}, 80, "CANCELLED"),
        ({"archived": True, "lifecycle": "DRAFT"}, 80, "ARCHIVED"),
        ({}, None, "NO_PROGRESS"),
        ({"definition": Definition(None)}, 80, "NO_PROGRESS"),
        ({"definition": Definition("INCREASE", target=Decimal(5))}, 80, "NO_PROGRESS"),
        ({"definition": Definition("MILESTONE")}, 80, "NO_PROGRESS"),
    ],
)
def test_what_is_left_out_is_listed_with_its_reason(more: dict[str, Any], percent: int | None, reason: str) -> None:
    out = key_result(11, percent, **more)
    found = of(key_result(12, 40), out, key_result(13, 60))
    assert found.values.progress == 0.5
    assert found.excluded == [Exclusion(out.id, reason)]
    assert [term.id.int for term in found.terms] == [12, 13]
    alone = of(out)
    assert (alone.values.progress, alone.values.raw, alone.values.reason) == (None, None, "NO_CONTRIBUTORS")
    assert alone.excluded == [Exclusion(out.id, reason)]


@pytest.mark.parametrize(
    ("more", "progress", "reason"),
    [
        ({"kind": "SUPPORTS"}, 0.8, "SUPPORTS"),
        ({"kind": "SUPPORTS", "weight": 1000.0}, 0.8, "SUPPORTS"),
        ({"kind": "SUPPORTS", "archived": True}, 0.8, "SUPPORTS"),
        ({"archived": True}, 0.8, "ARCHIVED"),
        ({"lifecycle": "DRAFT"}, 0.8, "DRAFT"),
        ({"lifecycle": "CANCELLED"}, 0.8, "CANCELLED"),
        ({}, None, "NO_PROGRESS"),
    ],
)
def test_an_aligned_objective_that_does_not_count_is_listed_too(
    more: dict[str, Any], progress: float | None, reason: str
) -> None:
    out = edge(21, progress, **more)
    found = under(edge(22, 0.25), out, edge(23, 0.75))
    assert found.values.progress == 0.5
    assert found.excluded == [Exclusion(out.objective_id, reason)]
    assert [term.id.int for term in found.terms] == [22, 23]
    assert under(out).values.reason == "NO_CONTRIBUTORS"


def test_nothing_to_count_is_null() -> None:
    found = of()
    assert (found.values.progress, found.values.raw, found.values.reason) == (None, None, "NO_CONTRIBUTORS")
    assert not found.values.has_data
    assert list(found.terms) == list(found.excluded) == []
