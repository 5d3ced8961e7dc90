"""All statements that modules of the service declare, found by walking the modules."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Select, TextClause
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import TextualSelect

import service
from service.all_entities import ENTITIES
from service.reading.keyset import Listing, Page, count_rows, select_page
from service.reading.statement_batch import compile_sql

EXECUTABLE = (CompoundSelect, Select, TextClause, TextualSelect, UpdateBase)
# What is only a part of a statement does not begin with its verb.
BEGINNING = re.compile(r"\s*(WITH|SELECT|INSERT|UPDATE|DELETE|TABLE|CREATE|ANALYZE|TRUNCATE)\s", re.IGNORECASE)
TEMPLATE = re.compile(r"\{[a-z]*\}")
TENANT_NAME = re.compile(r"organization_id(_\d+)?")


class Declared(NamedTuple):
    """A statement of a module, and which of its parameters are the organization."""

    module: str
    name: str
    sql: str
    organizations: frozenset[str]


def declared_statements() -> Iterator[Declared]:
    """The statements of all modules. Text under a name that begins with an underscore may be a part of a statement."""
    for module, name, value in _values():
        for number, statement in enumerate(_statements(value)):
            if isinstance(statement, str):
                if not name.startswith("_"):
                    yield Declared(module, name, statement, frozenset({"$1"}))
            else:
                yield Declared(module, f"{name} {number}", *_numbered(statement))
    for entity in ENTITIES:
        for statement in _of_export(entity):
            yield Declared("service.entities.export", entity.model.__name__, *_numbered(statement))


def _numbered(statement: Any) -> tuple[str, frozenset[str]]:
    """The text of a statement with numbers for its parameters, and those that are the organization."""
    numbers: dict[str, int] = {}
    sql = compile_sql(statement).render(lambda name: f"${numbers.setdefault(name, len(numbers) + 1)}")
    return sql, frozenset(f"${number}" for name, number in numbers.items() if TENANT_NAME.fullmatch(name))


def _values() -> Iterator[tuple[str, str, Any]]:
    """The values of the names that each module assigns itself."""
    for found in pkgutil.walk_packages(service.__path__, "service."):
        if found.name.startswith("service.embedded"):
            continue
        module = importlib.import_module(found.name)
        if module.__file__ is None:
            continue
        for node in ast.parse(Path(module.__file__).read_text()).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            for target in targets:
                if isinstance(target, ast.Name) and hasattr(module, target.id):
                    yield found.name, target.id, getattr(module, target.id)


def _statements(value: Any) -> Iterator[Any]:
    if isinstance(value, EXECUTABLE):
        if not isinstance(value, TextClause) or BEGINNING.match(value.text):
            yield value
    elif isinstance(value, Listing):
        yield count_rows(value)
        for order in value.orders:
            for backwards, cursor in ((False, None), (True, "cursor")):
                yield select_page(value, Page(20, order, False, backwards, cursor))
    elif isinstance(value, str):
        if BEGINNING.match(value) and not TEMPLATE.search(value):
            yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _statements(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _statements(each)


def _of_export(entity: Any) -> Iterator[Any]:
    if (selection := entity.selection) is not None:
        yield from (selection.first_page, selection.next_page, selection.by_ids)
