"""The configuration in docs/clients.md names every type and field of the schema that it has to, and no other."""

import json
import subprocess
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_object_type,
)

from tests.clients.observing import lay_out
from tests.clients.page import code_blocks
from tests.clients.project import Prepare
from tests.kit.reads import LOOKUPS_OF_MANY

# The blocks of the page, by the module that executes them.
EXECUTED = {
    "test_caches.py": ["possibleTypes.js", "apollo.js", "urql.js"],
    "test_relay_store.py": ["relay.config.json", "src/KpiList.ts", "src/recordMeasurements.ts"],
    "test_code_generator.py": ["codegen.json"],
    "test_changes.py": ["changes.graphql"],
}
# They have an id, and `node` does not find them.
WITHOUT_NODE = {"ActivityEntry", "ApiKey", "ShareToken", "Viewer"}
PAGING = ("first", "after", "last", "before")


@pytest.fixture
def schema(sdl: str) -> GraphQLSchema:
    return build_schema(sdl)


@pytest.fixture
def configuration(prepare: Prepare, sdl: str) -> dict[str, Any]:
    project = prepare(sdl)
    lay_out(project)
    ran = subprocess.run(
        ["node", "caches/configuration.js"], cwd=project.folder, capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(ran.stdout)


def test_every_block_is_executed() -> None:
    assert list(code_blocks()) == [name for names in EXECUTED.values() for name in names]


def test_configuration(schema: GraphQLSchema, configuration: dict[str, Any]) -> None:
    assert configuration == {
        "possibleTypes": {"Node": sorted(entity_names(schema) - WITHOUT_NODE)},
        "typePolicies": {
            **field_policies(schema),
            **value_policies(schema),
        },
        "keys": sorted(keyless_names(schema)),
        "paged": {
            name: paged
            for name, policies in field_policies(schema).items()
            if (paged := [field for field, policy in policies["fields"].items() if "keyArgs" in policy])
        },
    }


def test_whatever_else_has_an_id_is_excepted(schema: GraphQLSchema) -> None:
    with_id = {name for name, each in schema.type_map.items() if is_object_type(each) and "id" in each.fields}
    assert with_id == entity_names(schema)


def object_type(schema: GraphQLSchema, name: str) -> GraphQLObjectType:
    each = schema.type_map[name]
    assert isinstance(each, GraphQLObjectType)
    return each


def entity_names(schema: GraphQLSchema) -> set[str]:
    """The types whose objects have an identity of their own."""
    interface = schema.type_map["Node"]
    assert isinstance(interface, GraphQLInterfaceType)
    return {each.name for each in schema.get_possible_types(interface)} | WITHOUT_NODE


def field_policies(schema: GraphQLSchema) -> dict[str, Any]:
    """Type policies of Apollo Client: connections apart by their other arguments, lists of objects replaced."""
    policies = {}
    for name in ["Query", *sorted(entity_names(schema))]:
        fields = object_type(schema, name).fields
        paged = {each: {"keyArgs": key_arguments(field)} for each, field in fields.items() if is_connection(field)}
        lists = {each: {"merge": False} for each, field in fields.items() if is_list_of_objects(field)}
        # The lengths of `nodes` and of lookups follow from their arguments, so they never get shorter.
        lists = {each: policy for each, policy in lists.items() if each not in {"nodes", *LOOKUPS_OF_MANY}}
        if paged or lists:
            policies[name] = {"fields": {**paged, **lists}}
    return policies


def is_connection(field: GraphQLField) -> bool:
    return get_named_type(field.type).name.endswith("Connection")


def is_list_of_objects(field: GraphQLField) -> bool:
    has_fields = hasattr(get_named_type(field.type), "fields")
    return has_fields and is_list_type(get_nullable_type(field.type))


def key_arguments(field: GraphQLField) -> list[str] | bool:
    return [name for name in field.args if name not in PAGING] or False


def value_policies(schema: GraphQLSchema) -> dict[str, Any]:
    """Type policies of Apollo Client for values that are neither in a list nor a connection: they are merged."""
    parents = [object_type(schema, name) for name in ["Query", *entity_names(schema)]]
    values = {
        get_named_type(field.type).name
        for parent in parents
        for field in parent.fields.values()
        if not is_list_type(get_nullable_type(field.type)) and not is_connection(field)
    }
    return {name: {"merge": True} for name in sorted(values & keyless_names(schema))}


def keyless_names(schema: GraphQLSchema) -> set[str]:
    """Types without an id that queries reach, except those that Graphcache knows by their names."""
    reached: set[str] = set()
    waiting = [object_type(schema, "Query")]
    while waiting:
        for field in waiting.pop().fields.values():
            found = get_named_type(field.type)
            if is_object_type(found) and found.name not in reached:
                reached.add(found.name)
                waiting.append(found)
    by_name = ("Connection", "Edge", "PageInfo")
    return {name for name in reached if not name.endswith(by_name)} - entity_names(schema)
