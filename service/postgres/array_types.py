"""Declares the array types of Postgres to the driver, which would otherwise look up each in the catalog of each
connection. With Citus a lookup takes half a second."""

from typing import Any

import asyncpg

# The name of the members, and the ids of the array type and of its members, which are the same in every database.
ARRAY_TYPES = (
    ("bool", 1000, 16),
    ("bytea", 1001, 17),
    ("int2", 1005, 21),
    ("int4", 1007, 23),
    ("text", 1009, 25),
    ("varchar", 1015, 1043),
    ("int8", 1016, 20),
    ("float4", 1021, 700),
    ("float8", 1022, 701),
    ("timestamp", 1115, 1114),
    ("date", 1182, 1082),
    ("time", 1183, 1083),
    ("timestamptz", 1185, 1184),
    ("interval", 1187, 1186),
    ("numeric", 1231, 1700),
    ("uuid", 2951, 2950),
    ("jsonb", 3807, 3802),
)
NOTHING = dict.fromkeys(("basetype", "range_subtype", "attrtypoids", "attrnames"))
DECLARATIONS = [
    {
        **NOTHING,
        "oid": oid,
        "ns": "pg_catalog",
        "name": f"_{name}",
        "kind": b"b",
        "elemtype": member,
        "elemdelim": ",",
        "elemtype_name": name,
    }
    for name, oid, member in ARRAY_TYPES
]


def declare_array_types(connection: "asyncpg.Connection[Any]") -> None:
    """Makes the array types known to a connection. Sends nothing."""
    # The driver has no public function for it; its version is pinned.
    connection._protocol.get_settings().register_data_types(DECLARATIONS)  # type: ignore[attr-defined]
