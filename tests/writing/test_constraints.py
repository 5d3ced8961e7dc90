"""What the database refuses is read off the constraint, wherever its name stands."""

import asyncpg
import pytest

from service.postgres.outages import sqlstate
from service.writing.constraints import FOREIGN_KEY_VIOLATION, UNIQUE_VIOLATION, refusal_of

# A machine of Citus names its shard, and the coordinator passes on the message alone.
MESSAGES = [
    ("pk_people", "duplicate key value violates unique constraint {}", "id"),
    ("uq_people_organization_id_external_id", "duplicate key value violates unique constraint {}", "externalId"),
    (
        "fk_objectives_organization_id_cycle_id",
        'insert or update on table "objectives_102056" violates foreign key constraint {}',
        "cycleId",
    ),
]


@pytest.mark.parametrize(("name", "message", "field"), MESSAGES)
def test_the_field_is_the_same_from_a_shard(name: str, message: str, field: str) -> None:
    kind = asyncpg.ForeignKeyViolationError if name.startswith("fk_") else asyncpg.UniqueViolationError
    own, of_shard = kind(message.format(f'"{name}"')), kind(message.format(f'"{name}_102056"'))
    own.constraint_name = name
    assert sqlstate(own) in (FOREIGN_KEY_VIOLATION, UNIQUE_VIOLATION)
    found = [refusal_of(each) for each in (own, of_shard)]
    assert [each and each.field for each in found] == [(field,), (field,)]
