"""What a viewer may do inside of a transaction: the role as it is there, not as it was when a key was looked up."""

from dataclasses import replace
from typing import Any

import asyncpg

from service.errors import Unauthenticated
from service.viewer import Viewer

# What the driver tells of a message whose last statement found one row.
ONE_ROW_TAG = "SELECT 1"
ROLE = "SELECT role FROM people WHERE organization_id = $1 AND id = $2 AND archived_at IS NULL"


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
    return [f"SELECT 1 FROM people WHERE {is_theirs} AND role = '{viewer.role}' AND archived_at IS NULL"]


async def load_current_viewer(connection: "asyncpg.Connection[Any]", viewer: Viewer) -> Viewer:
    """The viewer with the role that it has in this transaction. Raises Unauthenticated for whom is archived."""
    role = await connection.fetchval(ROLE, viewer.organization_id, viewer.person_id)
    if role is None:
        raise Unauthenticated("The person of these credentials is archived.")
    return replace(viewer, role=role)
