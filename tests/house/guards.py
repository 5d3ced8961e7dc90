"""Guards over the source: what each finds wrong in an import graph or in a file."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from grimp import ImportGraph, build_graph

from service.all_entities import ENTITIES
from service.settings import ROOT

LAYER_SEPARATOR = re.compile(r" [|:] ")
PACKAGES = ("service", "schema", "migrations")
# Concepts and their order: each may import those before it. Types are declared after those that they refer to. A
# cadence is no type: it is columns of several.
CONCEPTS = ["cadence", *dict.fromkeys(entity.model.__module__.split(".")[1] for entity in ENTITIES if entity.item)]
FRAMEWORKS = {
    "alembic",
    "asyncpg",
    "fastapi",
    "orjson",
    "pydantic",
    "sqlalchemy",
    "sqlmodel",
    "starlette",
    "strawberry",
}
# A file of a concept uses the database if its name ends with one of these words, or is listed for its concept.
DATABASE_WORDS = ("commands", "entity", "models", "queries")
DATABASE_FILES = {
    "cadence": {"items"},
    "carry_overs": {"sources"},
    "cycles": {"admission"},
    "check_ins": {"locking"},
    "initiatives": {"locking"},
    "key_results": {"locking"},
    "objectives": {"locking"},
    "alignment": {"descendants", "edge_request", "locked_ends", "move", "narrowed_descendants", "paths"},
    "kpis": {"immutability", "current.row_mapping", "measurements.counting", "measurements.locking"}
    | {f"formulas.{name}" for name in ("binding", "definitions", "hidden_names", "rebucket", "recompute")},
    "people": {"acting_lookup", "deletion", "erasure", "founding", "goal_access", "key_lookup"},
    "rollup": {
        "as_of_statement",
        "bulk",
        "contributors",
        "doctor",
        "doctor_of_check_ins",
        "goal_statement",
        "new_objective_statement",
        "history_loading",
        "kpi_due_dates",
        "kpi_propagation",
        "overdue",
    }
    | {"reports", "settle"}
    | {"stored_steps", "unsettled"},
}
PURE_ELSEWHERE = (
    *("service.audit.kinds", "service.audit.tally", "service.audit.details"),
    *("service.reading.column_batch", "service.postgres.replication_lag"),
    *("service.sign_in.claims", "service.sign_in.key_set", "service.sign_in.tokens"),
)
# These say what a statement selects, or which comparators its columns have.
SQL_IN_SCHEMA = {"schema.execution.fields.selecting", "schema.relay.filters"}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
BANNED = {
    *("anew", "aside", "asked", "beside", "course", "deepest", "farthest", "found", "given", "gone", "hardest"),
    *("heaviest", "kept", "longest", "made", "mine", "place", "placed", "places", "said", "standing", "thing"),
    *("things", "those", "told", "wanted", "whole", "wish", "wishes"),
}
# Names of libraries, of the standard library, of a constraint in the database, and of a parameter of user errors.
STANDARD_NAMES = {"NotFound", "not_found", "connection_made", "SaidStatus", "thing"}


def graph() -> ImportGraph:
    """The imports of the source at run time, external packages included."""
    return build_graph(*PACKAGES, include_external_packages=True, exclude_type_checking_imports=True)


def floors() -> list[str]:
    """The layers from the top down: those of `pyproject.toml`, with all concepts in the order of their types.

    A concept of the schema that is not listed there stands above those that are.
    """
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers: list[str] = config["tool"]["importlinter"]["contracts"][0]["layers"]
    listed = {name for layer in layers for name in LAYER_SEPARATOR.split(layer)}
    faces = [f"schema.{concept}" for concept in CONCEPTS if f"schema.{concept}" not in listed]
    faces = [face for face in faces if (ROOT / Path(*face.split("."))).exists()]
    concepts = [f"service.{concept}" for concept in CONCEPTS]
    below_root, below_rollup = layers.index("schema.root") + 1, layers.index("service.rollup") + 1
    ground = layers.index("service.entities")
    return [
        *layers[:below_root],
        *reversed(faces),
        *layers[below_root:below_rollup],
        *reversed(concepts),
        *layers[ground:],
    ]


def upward_imports(imports: ImportGraph) -> list[str]:
    """Imports of a layer by one below it."""
    layers = [set(LAYER_SEPARATOR.split(layer)) for layer in floors()]
    illegal = imports.find_illegal_dependencies_for_layers(layers=[each for each in layers if each & imports.modules])
    routes = [route for dependency in illegal for route in dependency.routes]
    return sorted(f"{', '.join(route.heads)} imports {', '.join(route.tails)}" for route in routes)


def modules_in_no_layer(imports: ImportGraph) -> list[str]:
    """Modules of service and schema that are below no layer; the launcher of Postgres stands beside them all."""
    layers = {name for layer in floors() for name in LAYER_SEPARATOR.split(layer)} | {"service.embedded"}
    parents = {"service", "schema"}
    known = (*layers, *(f"{layer}." for layer in layers))
    return sorted(
        module
        for module in imports.modules - parents
        if module.split(".")[0] in parents and module not in layers and not module.startswith(known[len(layers) :])
    )


def imports_of_the_launcher(imports: ImportGraph) -> list[str]:
    """Modules of ours outside of `service.embedded` that it imports."""
    launcher = {"service.embedded", *imports.find_descendants("service.embedded")}
    imported = {each for module in launcher for each in imports.find_modules_directly_imported_by(module)}
    return sorted(each for each in imported - launcher if each.split(".")[0] in PACKAGES)


def pure_modules(imports: ImportGraph) -> Iterator[str]:
    """Modules that are pure by their location: those of concepts but for the named ones, and all of `values`."""
    for module in sorted(imports.modules):
        package, concept, *rest = [*module.split("."), "", ""][:2] + module.split(".")[2:]
        if package != "service" or not rest:
            continue
        name = ".".join(rest)
        is_database = name in DATABASE_FILES.get(concept, ()) or rest[-1].endswith(DATABASE_WORDS)
        if concept == "values" or (concept in (*CONCEPTS, "rollup") and not is_database):
            yield module
    yield from PURE_ELSEWHERE


def impure_imports(imports: ImportGraph) -> list[str]:
    """Frameworks that a pure module imports, itself or by way of others."""
    return sorted(
        f"{module} imports {framework}"
        for module in pure_modules(imports)
        for framework in {each.split(".")[0] for each in imports.find_upstream_modules(module)} & FRAMEWORKS
    )


def sql_in_schema(imports: ImportGraph) -> list[str]:
    """Modules of the schema that import SQLAlchemy."""
    importers = imports.find_modules_that_directly_import("sqlalchemy")
    return sorted(each for each in importers - SQL_IN_SCHEMA if each.startswith("schema."))


def clocks(source: str) -> list[str]:
    """Names in a file that read the time of day: attributes such as `datetime.now`, and what comes from `time`."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in CLOCKS:
            names.append(ast.unparse(node))
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            names += [f"time.{each.name}" for each in node.names]
        elif isinstance(node, ast.Import):
            names += [each.name for each in node.names if each.name == "time"]
    return names


def banned_names(source: str, stem: str = "") -> list[str]:
    """The name of a file and those that it gives, with a word that says nothing or has several meanings."""
    names = [stem, *_given_names(ast.parse(source))]
    return [name for name in names if name not in STANDARD_NAMES and _words(name) & BANNED]


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def _given_names(tree: ast.AST) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name


def source_of(module: str) -> str:
    """The source of a module."""
    path = ROOT / Path(*module.split("."))
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text()
