"""Tells which tables of which read statements go around the viewer's predicate, as JSON: `python -m` this module.

It runs in a process of its own, in which `visible` and `reached` mark the rows that they name before any statement is
declared.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import sqlglot
from sqlalchemy import func
from sqlglot import exp

from service.reading import statements
from service.reading.reader import of_tenant

if TYPE_CHECKING:
    from tests.kit.service_statements import Declared

MARK = "is_visible"
# The ends of the names of modules that read for a viewer.
READING = ("queries", "descendants")


def main() -> None:
    """Prints pairs of module and `statement: table alias`."""
    statements.visible = statements.reached = lambda rows: of_tenant(rows) & getattr(func, MARK)(rows.id)
    statements.reached_sql = lambda alias: f"{alias}.organization_id = :organization_id AND {MARK}({alias}.id)"
    statements.visible_sql = lambda model, alias: statements.reached_sql(alias)
    from tests.kit.service_statements import declared_statements

    print(json.dumps([pair for each in declared_statements() for pair in unmarked(each)]))


def unmarked(declared: "Declared") -> Iterator[tuple[str, str]]:
    """The tables of a statement whose rows neither names; none for one that does not read for a viewer."""
    from tests.kit.distribution import query_of, stored_tables

    if not declared.module.endswith(READING) or not declared.organizations:
        return
    for statement in sqlglot.parse(declared.sql, dialect="postgres"):
        if not isinstance(statement, exp.Query):
            continue
        marks = [each for each in statement.find_all(exp.Anonymous) if each.name == MARK]
        marked = {(id(query_of(each)), each.expressions[0].table) for each in marks}
        for table in stored_tables(statement):
            if table.name != "organizations" and (id(query_of(table)), table.alias_or_name) not in marked:
                yield declared.module, f"{declared.name}: {table.name} {table.alias_or_name}"


if __name__ == "__main__":
    main()
