"""Which constraints a refused change would have violated besides: the database tells of the first one only."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import UniqueConstraint, text

from service.errors import Refusal
from service.reading.row_source import RowSource
from service.writing.attempt import Proposal
from service.writing.constraints import not_found, taken

MAX_CHECKS = 400


class _Check(NamedTuple):
    """A condition in SQL that holds when something is wrong, its parameters, and what is wrong then."""

    condition: str
    parameters: dict[str, Any]
    refusal: Refusal


async def violations(source: RowSource, proposals: Iterable[Proposal]) -> list[Refusal]:
    """The references of proposed rows that lead nowhere, and their ids and names that others have; one statement for
    each MAX_CHECKS of them.

    For changes that are refused anyway: the database tells of one violated constraint only.
    """
    checks = _located_checks(proposals)
    violated: list[Refusal] = []
    while some := list(islice(checks, MAX_CHECKS)):
        violated += await _violated(source, some)
    return violated


async def _violated(source: RowSource, checks: Sequence[_Check]) -> list[Refusal]:
    parts = [f"SELECT {n} AS number WHERE {check.condition.format(n=n)}" for n, check in enumerate(checks)]
    parameters = {
        f"{name}_{number}": value for number, check in enumerate(checks) for name, value in check.parameters.items()
    }
    rows = await source.rows(text(f"{' UNION ALL '.join(parts)} ORDER BY number"), **parameters)
    return [checks[row.number].refusal for row in rows]


def _located_checks(proposals: Iterable[Proposal]) -> Iterator[_Check]:
    all_proposals = list(proposals)
    # What the same change adds is there for the rest of it.
    proposed = {(each.table.name, each.id) for each in all_proposals}
    for proposal in all_proposals:
        for check in _checks(proposal, proposed):
            yield check._replace(refusal=check.refusal.within(*proposal.within))


def _checks(proposal: Proposal, proposed: Collection[tuple[str, UUID]]) -> Iterator[_Check]:
    table, id, values = proposal.table, proposal.id, proposal.values
    there = "SELECT 1 FROM {table} t WHERE t.organization_id = :organization_id AND "
    keys = {key.column_keys[-1]: key for key in table.foreign_key_constraints}
    for column, key in sorted(keys.items()):
        is_proposed = (key.referred_table.name, values.get(column)) in proposed
        if column in values and len(key.column_keys) > 1 and not is_proposed:
            same = there.format(table=key.referred_table.name) + "t.id = CAST(:value_{n} AS uuid)"
            yield _Check(f"NOT EXISTS ({same})", {"value": values[column]}, not_found(column))
    if "id" in values:
        same = there.format(table=table.name) + "t.id = CAST(:value_{n} AS uuid)"
        yield _Check(f"EXISTS ({same})", {"value": id}, taken("id"))
    for constraint in table.constraints:
        names = [column.name for column in constraint.columns] if isinstance(constraint, UniqueConstraint) else []
        if len(names) == 2 and names[1] in values:
            own = {} if "id" in values else {"own": id}
            others = f"t.{names[1]} = :value_{{n}}" + (" AND t.id <> CAST(:own_{n} AS uuid)" if own else "")
            same = there.format(table=table.name) + others
            yield _Check(f"EXISTS ({same})", {"value": values[names[1]], **own}, taken(names[1]))
