"""An id of others in an input is refused as one that does not exist is, and nothing changes anywhere."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from schema.relay.node import global_id, parsed
from service.postgres.database import Database
from tests.kit.estate import Estate, dump, tenant_tables
from tests.kit.inputs import MOVES, WHOLE, New, Own, filled, id_inputs, ids_of, made, spellings, without_places
from tests.tenancy.regimes import WALLS, Sent, walls


@pytest.fixture
async def sent(own: Estate, theirs: Estate, superuser: asyncpg.Connection) -> Sent:
    organizations = [each.client.organization_id for each in (own, theirs)]
    return Sent(list(await tenant_tables(superuser)), organizations)


def test_every_id_in_an_input_has_a_case() -> None:
    given = [(name, path) for name, move in (*MOVES, *WHOLE) for kind in (Own, New) for path, _ in ids_of(move, kind)]
    cases = {f"{name}.{without_places(path)}" for name, path in given}
    assert cases == id_inputs()


async def test_ids_of_others_are_refused_as_if_they_did_not_exist(
    own: Estate, theirs: Estate, sent: Sent, database: Database, superuser: asyncpg.Connection
) -> None:
    before = await dump(superuser)
    wrong: dict[str, Any] = {}
    for name, standing in WALLS.items():
        with walls(database, sent, **standing):
            for mutation, move in (*MOVES, *WHOLE):
                for field, value in ids_of(move, Own):
                    foreign = theirs.ids[value.name]
                    refused = ("NOT_FOUND", ["input", *field.split(".")])
                    kind, _ = parsed(foreign) or ("", None)
                    nowhere = await made(own.client, mutation, filled(move, own, **{field: global_id(kind, uuid4())}))
                    for id in spellings(foreign):
                        answer = await made(own.client, mutation, filled(move, own, **{field: id}))
                        if answer != nowhere or refusal(answer, mutation) != refused:
                            wrong[f"{mutation}.{field} {id} with {name}"] = answer
    assert wrong == {}
    assert await dump(superuser) == before


async def test_the_cases_are_refused_for_nothing_else(own: Estate) -> None:
    answers = [(mutation, await made(own.client, mutation, filled(move, own))) for mutation, move in (*MOVES, *WHOLE)]
    assert [(name, answer) for name, answer in answers if refusal(answer, name) is not None] == []


async def test_an_id_that_others_have_is_free_for_ones_own(
    own: Estate, theirs: Estate, superuser: asyncpg.Connection
) -> None:
    """Ids are unique within an organization: refusing one would tell that somebody else has it."""
    before = await dump(superuser, theirs.client.organization_id)
    for mutation, move in MOVES:
        for field, value in ids_of(move, New):
            id = theirs.ids[value.name]
            answer = await made(own.client, mutation, filled(move, own, **{field: id}))
            made_of, errors = answer["data"][mutation].values()
            rows = made_of if isinstance(made_of, list) else [made_of]
            rows = [row if "id" in row else next(iter(row.values())) for row in rows]
            assert ({"id": id} in rows, errors) == (True, [])
            found = await own.client.data("query($id: ID!) { node(id: $id) { id } }", id=id)
            assert found == {"node": {"id": id}}
    assert await dump(superuser, theirs.client.organization_id) == before


async def test_without_both_walls_others_are_changed(
    own: Estate, theirs: Estate, sent: Sent, database: Database, superuser: asyncpg.Connection
) -> None:
    """The tests above can fail: of each kind of thing, something of others is archived."""
    changed = []
    ends = ("Archive", "Unalign", "UnlinkKpi")
    for mutation, move in [each for each in MOVES if each[0].endswith(ends)]:
        before = await dump(superuser, theirs.client.organization_id)
        with walls(database, sent, predicate=False, row_level_security=False):
            await made(own.client, mutation, filled(move, theirs))
        changed += [mutation] * (await dump(superuser, theirs.client.organization_id) != before)
    # What has a history is behind a third wall: its revision is written for the own organization, where no such row is.
    assert changed == ["pillarArchive", "personArchive", "serviceAccountArchive", "initiativeArchive", "linkArchive"]


async def test_every_statement_of_a_change_names_the_tenant(own: Estate, sent: Sent, database: Database) -> None:
    with walls(database, sent, predicate=True, row_level_security=True):
        for mutation, move in MOVES:
            await made(own.client, mutation, filled(move, own))
        await own.client.change("organizationUpdate", {"onTrackPace": 0.8}, "organization { id }")
    assert len(sent.seen) > 50
    assert sorted(sent.unguarded) == []


async def test_an_organization_is_changed_alone(
    own: Estate, theirs: Estate, sent: Sent, database: Database, superuser: asyncpg.Connection
) -> None:
    """What takes no id reaches no others either, by the predicate alone."""
    before = await dump(superuser, theirs.client.organization_id)
    with walls(database, sent, predicate=True, row_level_security=False):
        input = {"name": "Changed", "onTrackPace": 0.8}
        answer = await made(own.client, "organizationUpdate", input)
    id = global_id("Organization", own.client.organization_id)
    assert answer == {"data": {"organizationUpdate": {"organization": {"id": id}, "userErrors": []}}}
    assert await dump(superuser, theirs.client.organization_id) == before


def refusal(answer: dict[str, Any], mutation: str) -> Any:
    """Code and field of the one user error, None if there is none, the whole answer if it is anything else."""
    errors = ((answer.get("data") or {}).get(mutation) or {}).get("userErrors")
    if errors == [] and "errors" not in answer:
        return None
    return (errors[0]["code"], errors[0]["field"]) if errors and len(errors) == 1 else answer
