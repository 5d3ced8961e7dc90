"""The graph of computed KPIs and their inputs, by formulas and by parents, and its order."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from uuid import UUID

from service.errors import Refusal
from service.kpis.enums import Frequency, KpiSource
from service.kpis.formulas.ast import Expression, lookback, references
from service.kpis.formulas.parser import parse
from service.values.record import record
from service.values.trees import find_levels


class KpiFormulaLoop(Refusal):
    """The KPI would be computed from itself: {path}.{where}"""

    meaning = "Loop of KPIs, one of which would be computed from itself: <path> (<where>). Change one of the formulas."


@record
class Node:
    """A computed KPI and its inputs. `names` are the names of the inputs in the formula, `weights` those of the
    children, each in the order of `inputs`."""

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
        """The parsed formula."""
        return parse_cached(self.formula) if self.formula else None

    @property
    def lookback(self) -> int:
        """The number of its periods that it looks back."""
        expression = self.expression
        return lookback(expression) if expression else 0


# It is called for every measurement of a formula.
parse_cached = lru_cache(maxsize=1024)(parse)


def dependency_levels(nodes: Mapping[UUID, Node]) -> list[list[UUID]]:
    """Computed KPIs in levels; the inputs of each are measured or of earlier levels. Raises KpiFormulaLoop."""
    levels, loop = find_levels({node.id: node.inputs for node in nodes.values()})
    if loop is not None:
        path = [nodes[id] for id in loop]
        names = " → ".join(node.name for node in path)
        raise KpiFormulaLoop(("formula",), path=names, where=_describe_mentions(path))
    computed = (sorted(id for id in level if id in nodes) for level in levels)
    return [level for level in computed if level]


def _describe_mentions(loop: Sequence[Node]) -> str:
    """The positions where the formulas of a loop name the next KPI of it."""
    mentions = []
    for reader, read in pairwise(loop):
        names = {name for name, id in zip(reader.names, reader.inputs, strict=False) if id == read.id}
        for each in references(reader.expression) if reader.expression else ():
            if each.name in names:
                mentions.append(
                    f"{reader.name} names {each.name} at line {each.position.line}, column {each.position.column}"
                )
                break
    return f" {'; '.join(mentions)}." if mentions else ""


def dependents(nodes: Mapping[UUID, Node], ids: Iterable[UUID]) -> set[UUID]:
    """The computed KPIs that depend on these KPIs, directly or not."""
    above: dict[UUID, list[UUID]] = {}
    for node in nodes.values():
        for input in node.inputs:
            above.setdefault(input, []).append(node.id)
    result: set[UUID] = set()
    pending = list(ids)
    while pending:
        for id in above.get(pending.pop(), ()):
            if id not in result:
                result.add(id)
                pending.append(id)
    return result
