"""graphql-schema-linter, with every rule it has: descriptions, Relay, names, order."""

import json
from pathlib import Path

import pytest
from graphql import build_schema

from tests.clients.project import Prepare
from tests.clients.variants import Fault, Types, described, with_fault

# At least one offence against each rule.
OFFENCES = '''
type lower_case { snake_case(undescribed: Order): OffendingConnection @deprecated }

"""Described."""
type OffendingConnection { """small""" edges: Int! }

"""Described."""
interface Thing { b(offending: OffendingInput): Int a: Int }

"""Described."""
type Other { b: OffendingConnection a: Int }

"""Described."""
input OffendingInput { snake_case: Int camelCase: Int }

"""Described."""
enum Order { second first }
'''


def offences(prepare: Prepare, schema: str) -> list[tuple[str, str]]:
    """Rule and message of all that the linter finds."""
    ran = prepare(schema).run("graphql-schema-linter", "--format", "json", "schema.graphql")
    assert ran.returncode in (0, 1), ran.stderr
    found = [(error["rule"], error["message"]) for error in json.loads(ran.stdout)["errors"]]
    assert ran.returncode == bool(found)
    return found


def test_nothing_offends(prepare: Prepare, sdl: str) -> None:
    assert offences(prepare, sdl) == []


def test_every_rule_is_on(prepare: Prepare, sdl: str, node_modules: Path) -> None:
    rules = (node_modules / "graphql-schema-linter" / "lib" / "rules").glob("*.js")
    broken = with_fault(sdl, lambda types: types["PageInfo"].fields.pop("hasNextPage")) + OFFENCES
    assert {rule for rule, _ in offences(prepare, broken)} == {rule.stem.replace("_", "-") for rule in rules}


def test_every_description_is_looked_for(prepare: Prepare, sdl: str) -> None:
    def undescribe(types: Types) -> None:
        for each in described(types):
            each.description = None

    missing = [rule for rule, _ in offences(prepare, with_fault(sdl, undescribe))]
    assert all(rule.endswith("have-descriptions") for rule in missing)
    assert len(missing) == len(list(described(build_schema(sdl).type_map)))


@pytest.mark.parametrize(
    ("fault", "offence"),
    [
        pytest.param(
            lambda types: setattr(types["Objective"].fields["title"], "description", None),
            ("fields-have-descriptions", "The field `Objective.title` is missing a description."),
            id="a field without description",
        ),
        pytest.param(
            lambda types: setattr(types["Objective"].fields["children"].args["first"], "description", None),
            (
                "arguments-have-descriptions",
                "The `first` argument of `children` is missing a description.",
            ),
            id="an argument without description",
        ),
        pytest.param(
            lambda types: types["ObjectiveConnection"].fields.pop("pageInfo"),
            (
                "relay-connection-types-spec",
                "Connection `ObjectiveConnection` is missing the following field: pageInfo.",
            ),
            id="a connection without pageInfo",
        ),
    ],
)
def test_one_fault_is_found(prepare: Prepare, sdl: str, fault: Fault, offence: tuple[str, str]) -> None:
    assert offences(prepare, with_fault(sdl, fault)) == [offence]


def test_the_schema_has_to_hold_together(prepare: Prepare, sdl: str) -> None:
    [(rule, message)] = offences(prepare, sdl + "\nextend type Query { missing: Missing }\n")
    assert (rule, message) == ("invalid-graphql-schema", 'Unknown type "Missing".')
