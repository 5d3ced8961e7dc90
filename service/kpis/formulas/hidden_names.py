"""Names of KPIs in refusals about formulas: those of KPIs that are hidden from the viewer are left out."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from service.kpis.formulas.dependencies import Node
from service.kpis.models import Kpi
from service.people.goal_access import find_seen
from service.writing.transaction import Transaction

HIDDEN_NAME = "A hidden KPI"


async def without_hidden_names(
    tx: Transaction, nodes: Mapping[UUID, Node], rows: Iterable[Any]
) -> tuple[dict[UUID, Node], list[Any]]:
    """Computed KPIs, and rows with `id` and `name`; of those that the viewer does not see, without name and formula."""
    rows = list(rows)
    seen = await find_seen(tx, Kpi, {*nodes, *(row.id for row in rows)})
    return (
        {
            id: node if id in seen else replace(node, name=HIDDEN_NAME, formula=None, names=())
            for id, node in nodes.items()
        },
        [row if row.id in seen else SimpleNamespace(**{**dict(row.items()), "name": HIDDEN_NAME}) for row in rows],
    )
