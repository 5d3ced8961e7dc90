"""Imports point down, pure files are pure by their location, and resolvers have no SQL; each guard sees a fault."""

import tomllib
from collections.abc import Callable

import pytest
from grimp import ImportGraph

from service.settings import ROOT
from tests.house import guards


@pytest.fixture(scope="module")
def imports() -> ImportGraph:
    return guards.graph()


GUARDS: list[tuple[Callable[[ImportGraph], list[str]], str, str]] = [
    (guards.upward_imports, "service.people.queries", "service.objectives.models"),
    (guards.upward_imports, "service.writing.rows", "service.cycles.models"),
    (guards.upward_imports, "service.rollup.tree", "schema.scalars"),
    (guards.modules_in_no_layer, "service.attic", "service.errors"),
    (guards.imports_of_the_launcher, "service.embedded.server", "service.errors"),
    (guards.impure_imports, "service.values.numbers", "orjson"),
    (guards.impure_imports, "service.cycles.pace", "service.cycles.models"),
    (guards.sql_in_schema, "schema.cycles.queries", "sqlalchemy"),
]


@pytest.mark.parametrize("guard", dict.fromkeys(guard for guard, _, _ in GUARDS), ids=lambda guard: guard.__name__)
def test_the_source_is_in_order(guard: Callable[[ImportGraph], list[str]], imports: ImportGraph) -> None:
    assert guard(imports) == []


@pytest.mark.parametrize(("guard", "importer", "imported"), GUARDS)
def test_a_planted_import_is_found(
    guard: Callable[[ImportGraph], list[str]], importer: str, imported: str, imports: ImportGraph
) -> None:
    imports.add_import(importer=importer, imported=imported)
    try:
        assert any(importer in problem or imported in problem for problem in guard(imports))
    finally:
        imports.remove_import(importer=importer, imported=imported)
        if importer in ("service.attic", "service.values.numbers"):
            imports.remove_module(importer)


def test_the_contract_has_the_concepts_in_the_order_of_their_types() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = config["tool"]["importlinter"]["contracts"][0]["layers"]
    listed = [layer for layer in layers if layer.removeprefix("service.") in guards.CONCEPTS]
    assert listed == [f"service.{concept}" for concept in reversed(guards.CONCEPTS) if f"service.{concept}" in layers]
    assert len(listed) > 7


def test_no_pure_module_reads_a_clock(imports: ImportGraph) -> None:
    pure = list(guards.pure_modules(imports))
    assert len(pure) > 50
    assert {module: found for module in pure if (found := guards.clocks(guards.source_of(module)))} == {}
    assert guards.clocks("from datetime import datetime\nNOW = datetime.now()\n") == ["datetime.now"]
    assert guards.clocks("clock = datetime.now\n") == ["datetime.now"]
    assert guards.clocks("from time import monotonic\nimport time\n") == ["time.monotonic", "time"]
