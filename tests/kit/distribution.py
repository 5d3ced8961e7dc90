"""Rules for SQL that Citus can run on the one machine that has the organization, and what of a message breaks them."""

import logging
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

import sqlglot
from sqlalchemy import Table
from sqlglot import exp

from service.all_entities import metadata
from service.postgres.tables import tables_in_order
from service.writing.write_statement import is_numbered

TENANT = "each table of tenants has its organization bound in its own SELECT, not taken from an outer row"
PARAMETER = "one parameter is the organization"
LOCAL = "no statement reads tables of tenants and tables of one machine"
STABLE = "no UPDATE casts a column to a time or a date"
PLACED = "rows are inserted as values, or with a row of the tenant"
NUMBERED = "rows that the database numbers are inserted as values"
NAMED = "a UNION in WITH has the names of its columns from its first SELECT"
LOCK = "an advisory lock is a message of its own, apart from SET"

# It warns of statements of one word, such as DISCARD.
logging.getLogger("sqlglot").setLevel(logging.ERROR)
# sqlglot knows no modes of a transaction of two words.
BEGIN = re.compile(r"^BEGIN[A-Z ]*(;|$)")
MARKERS = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
QUERIES = (exp.Select, exp.Update, exp.Delete, exp.Insert)
# Casts of text to these depend on the time zone of the session.
OF_TIME = {exp.DType.DATE, exp.DType.TIME, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ}


class Problem(NamedTuple):
    """A rule that a message breaks, and where."""

    rule: str
    where: str


def tenant_columns() -> dict[str, str]:
    """The column of each table of tenants that says whose a row is."""
    return {
        name: "organization_id" if "organization_id" in table.columns else "id"
        for name, table in tables_by_name().items()
    }


def tables_by_name() -> dict[str, Table]:
    """The tables of tenants by their names."""
    metadata()
    return {table.name: table for table in tables_in_order()}


def problems(message: str, organizations: Collection[str]) -> list[Problem]:
    """What of a message breaks the rules. `organizations` are the SQL of parameters and literals that are the tenant,
    such as `$1`."""
    statements = [each for each in sqlglot.parse(BEGIN.sub("", message), dialect="postgres") if each is not None]
    unread = [each for each in statements if isinstance(each, exp.Command) and each.name.upper() in MARKERS]
    assert not unread, f"sqlglot does not read {message}"
    found = [problem for each in statements for problem in _of_statement(each, set(organizations))]
    if "advisory" in message.lower() and any(_sets(each) for each in statements):
        found.append(Problem(LOCK, message))
    return list(dict.fromkeys(found))


def _of_statement(statement: exp.Expr, organizations: set[str]) -> Iterator[Problem]:
    columns = tenant_columns()
    # One walk, as each takes as long as a third of the parsing.
    nodes = list(statement.walk())
    tables = [each for each in nodes if isinstance(each, exp.Table) and _is_stored(each)]
    of_tenants = [each for each in tables if each.name in columns]
    elsewhere = [each for each in tables if each.name not in columns and not each.name.startswith("pg_")]
    joins = [each for each in nodes if isinstance(each, exp.Join)]
    if of_tenants and elsewhere and not isinstance(statement, exp.Create):
        yield Problem(LOCAL, ", ".join(sorted({each.name for each in elsewhere})))
    yield from _of_unions(each for each in nodes if isinstance(each, exp.CTE))
    bound: set[str] = set()
    for query in nodes:
        if not isinstance(query, QUERIES):
            continue
        own = {each.alias_or_name: each.name for each in of_tenants if query_of(each) is query}
        if isinstance(query, exp.Insert):
            yield from _of_insert(query, columns)
            continue
        named = _bound(query, [each for each in joins if query_of(each) is query], own, organizations, columns)
        bound |= {parameter for parameters in named.values() for parameter in parameters}
        yield from (Problem(TENANT, f"{own[alias]} {alias}") for alias in own if not named.get(alias))
        if isinstance(query, exp.Update):
            yield from _of_update(query)
    if len({each for each in bound if each.startswith("$")}) > 1:
        yield Problem(PARAMETER, ", ".join(sorted(bound)))


def stored_tables(statement: exp.Expr) -> list[exp.Table]:
    """The tables of tenants in a statement, without common table expressions of the same name."""
    columns = tenant_columns()
    return [each for each in statement.find_all(exp.Table) if each.name in columns and _is_stored(each)]


def _sets(statement: exp.Expr) -> bool:
    return isinstance(statement, exp.Set) or (isinstance(statement, exp.Command) and statement.name.upper() == "SET")


def _bound(
    query: exp.Expr, joins: list[exp.Join], own: dict[str, str], organizations: set[str], columns: dict[str, str]
) -> dict[str, set[str]]:
    """The parameters that the tables of a query are bound to, directly or by equality with each other."""
    groups: dict[str, set[str]] = {alias: {alias} for alias in own}
    named: dict[str, set[str]] = {alias: set() for alias in own}
    for condition in _conditions(query, joins):
        if not isinstance(condition, exp.EQ):
            continue
        sides = [_uncast(condition.this), _uncast(condition.expression)]
        aliases = [_tenant_alias(side, own, columns) for side in sides]
        if aliases[0] and aliases[1]:
            joined = groups[aliases[0]] | groups[aliases[1]]
            groups.update(dict.fromkeys(joined, joined))
        for alias, other in zip(aliases, reversed(sides), strict=True):
            if alias and other.sql(dialect="postgres") in organizations:
                named[alias].add(other.sql(dialect="postgres"))
    return {alias: {each for member in groups[alias] for each in named[member]} for alias in own}


def _conditions(query: exp.Expr, joins: list[exp.Join]) -> Iterator[exp.Expr]:
    """What holds for all rows of a query: the parts of its WHERE and of its joins that AND connects."""
    where = query.args.get("where")
    if where is not None:
        yield from _conjuncts(where.this)
    for join in joins:
        if join.args.get("on") is not None:
            yield from _conjuncts(join.args["on"])


def _conjuncts(condition: Any) -> Iterator[exp.Expr]:
    if isinstance(condition, exp.And):
        yield from _conjuncts(condition.this)
        yield from _conjuncts(condition.expression)
    elif isinstance(condition, exp.Paren):
        yield from _conjuncts(condition.this)
    else:
        yield condition


def _tenant_alias(side: exp.Expr, own: dict[str, str], columns: dict[str, str]) -> str | None:
    """The table of the query whose tenant column this is."""
    if not isinstance(side, exp.Column):
        return None
    candidates = [alias for alias, name in own.items() if columns[name] == side.name]
    if side.table:
        return side.table if side.table in candidates else None
    return candidates[0] if len(own) == 1 and candidates else None


def _uncast(side: Any) -> Any:
    while isinstance(side, exp.Cast | exp.Paren):
        side = side.this
    return side


def _of_insert(query: exp.Insert, columns: dict[str, str]) -> Iterator[Problem]:
    target = query.find(exp.Table)
    assert target is not None
    source = query.expression
    if target.name in columns and isinstance(source, exp.Select | exp.SetOperation):
        read = [each for each in source.find_all(exp.Table) if _is_stored(each) and each.name in columns]
        if not read:
            yield Problem(PLACED, target.name)
        if is_numbered(tables_by_name()[target.name]):
            yield Problem(NUMBERED, target.name)


def _of_unions(expressions: Iterable[exp.CTE]) -> Iterator[Problem]:
    for each in expressions:
        names = [column.name for column in each.args["alias"].columns]
        first = each.this
        while isinstance(first, exp.SetOperation):
            first = first.this
        is_recursive = any(table.name == each.alias for table in each.this.find_all(exp.Table))
        if (
            names
            and first is not each.this
            and not is_recursive
            and [column.alias_or_name for column in first.selects] != names
        ):
            yield Problem(NAMED, each.alias)


def _of_update(query: exp.Update) -> Iterator[Problem]:
    for cast in query.find_all(exp.Cast):
        kinds = {cast.to.this, *(each.this for each in cast.to.expressions)}
        is_own = query_of(cast) is query and any(query_of(each) is query for each in cast.find_all(exp.Column))
        if is_own and kinds & OF_TIME:
            yield Problem(STABLE, cast.sql(dialect="postgres"))


def query_of(node: exp.Expr) -> exp.Expr | None:
    """The SELECT or the change that a part of a statement belongs to."""
    return node.find_ancestor(*QUERIES)


def _is_stored(table: exp.Table) -> bool:
    """Whether this is a table, and not a function, a common table expression or an alias that a lock names."""
    if not isinstance(table.this, exp.Identifier) or table.db in ("pg_catalog", "information_schema"):
        return False
    if isinstance(table.parent, exp.Lock):
        return False
    child: Any = table
    while (node := child.parent) is not None:
        clause = next((each for each in [node, *node.args.values()] if isinstance(each, exp.With)), None)
        if clause is not None and child is not clause:
            inside = next((number for number, each in enumerate(clause.expressions) if each is child), None)
            visible = clause.expressions[: None if clause.recursive else inside]
            if table.name in {each.alias for each in visible}:
                return False
        child = node
    return True
