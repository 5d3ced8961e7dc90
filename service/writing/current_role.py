"""What a viewer may do inside of a transaction: role and member editing as they are there, not as they were when
a key was looked up."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg

from service.errors import Unauthenticated
from service.viewer import ADMINISTRATORS, Viewer

# What the driver tells of a message whose last statement found one row.
ONE_ROW_TAG = "SELECT 1"
ROLE = """
    SELECT p.role, y.member_editing FROM people p JOIN organizations y ON y.id = $1
    WHERE p.organization_id = $1 AND p.id = $2 AND p.archived_at IS NULL"""


def lock_statement(organization_id: UUID, *, is_exclusive: bool) -> str:
    """The statement that takes the graph lock of an organization until the transaction ends."""
    key = int.from_bytes(organization_id.bytes[8:], signed=True)
    return f"SELECT pg_advisory_xact_lock{'' if is_exclusive else '_shared'}({key})"


def role_statements(viewer: Viewer) -> list[str]:
    """The statement that finds one row while the viewer is what it was, and none when it is not; no statement for
    the operator, whom nobody demotes.

    It ends the message that opens a transaction, after the graph lock was taken in it: what takes a role away or
    archives a person holds that lock alone, so the role stays until the transaction ends. Literals, since a message
    of several statements has no parameters.
    """
    if viewer.person_id is None:
        return []
    is_theirs = f"organization_id = '{viewer.organization_id}' AND id = '{viewer.person_id}'"
    statement = f"SELECT 1 FROM people WHERE {is_theirs} AND role = '{viewer.role}' AND archived_at IS NULL"
    if viewer.role not in ADMINISTRATORS:
        of_organization = f"id = '{viewer.organization_id}' AND member_editing = '{viewer.access.member_editing}'"
        statement += f" AND EXISTS (SELECT 1 FROM organizations WHERE {of_organization})"
    return [statement]


async def load_current_viewer(connection: "asyncpg.Connection[Any]", viewer: Viewer) -> Viewer:
    """The viewer with the role that it has in this transaction. Raises Unauthenticated for whom is archived."""
    row = await connection.fetchrow(ROLE, viewer.organization_id, viewer.person_id)
    if row is None:
        raise Unauthenticated("The person of these credentials is archived.")
    return replace(viewer, role=row["role"], access=replace(viewer.access, member_editing=row["member_editing"]))
