"""Which KPIs are computed from which, and in what order: formulas and parents, as one graph without rings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from uuid import UUID

from service.errors import Refusal
from service.kpis.enums import Frequency, KpiSource
from service.kpis.formulas.ast import Expression, reach, references
from service.kpis.formulas.parser import parse


class KpiFormulaLoop(Refusal):
    """The KPI would be computed from itself: {path}.{where}"""

    meaning = "Loop of KPIs, one of which would be computed from itself: <path> (<where>). Change one of the formulas."


@dataclass(frozen=True, slots=True)
class Node:
    """A computed KPI: what it is made of. `names` are those of its inputs in its formula,
    `weights` those of its children, each in the order of `inputs`."""

    id: UUID
    name: str
    source: KpiSource
    frequency: Frequency
    inputs: Sequence[UUID]
    names: Sequence[str]
    weights: Sequence[float]
    formula: str | None

    @property
    def expression(self) -> Expression | None:
        """What its formula says."""
        return parsed(self.formula) if self.formula else None

    @property
    def reach(self) -> int:
        """How many of its periods it looks back."""
        expression = self.expression
        return reach(expression) if expression else 0


# Every point of a KPI asks for it.
parsed = lru_cache(maxsize=1024)(parse)


def ordered(nodes: Mapping[UUID, Node]) -> list[list[UUID]]:
    """Computed KPIs in levels: each is made of measured ones and of earlier levels. Raises KpiFormulaLoop."""
    sorter = TopologicalSorter({node.id: node.inputs for node in nodes.values()})
    try:
        sorter.prepare()
    except CycleError as error:
        ring = [nodes[id] for id in reversed(error.args[1])]
        path = " → ".join(node.name for node in ring)
        raise KpiFormulaLoop(("formula",), path=path, where=_where(ring)) from None
    levels: list[list[UUID]] = []
    while sorter.is_active():
        ready = sorter.get_ready()
        sorter.done(*ready)
        if level := sorted(id for id in ready if id in nodes):
            levels.append(level)
    return levels


def _where(ring: Sequence[Node]) -> str:
    """Where the formulas of a ring name the next of it."""
    places = []
    for reader, read in pairwise(ring):
        names = {name for name, id in zip(reader.names, reader.inputs, strict=False) if id == read.id}
        for each in references(reader.expression) if reader.expression else ():
            if each.name in names:
                places.append(f"{reader.name} names {each.name} at line {each.place.line}, column {each.place.column}")
                break
    return f" {'; '.join(places)}." if places else ""


def dependents(nodes: Mapping[UUID, Node], ids: Iterable[UUID]) -> set[UUID]:
    """The computed KPIs that are made of these, directly or not, without the measured ones among them."""
    above: dict[UUID, list[UUID]] = {}
    for node in nodes.values():
        for input in node.inputs:
            above.setdefault(input, []).append(node.id)
    found: set[UUID] = set()
    pending = list(ids)
    while pending:
        for id in above.get(pending.pop(), ()):
            if id not in found:
                found.add(id)
                pending.append(id)
    return found
