"""What a viewer may do inside of a transaction: role and member editing as they are there, not as they were when
a key was looked up."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg

from service.errors import ActAsPersonUnknown, Unauthenticated
from service.viewer import ADMINISTRATORS, Viewer, lower_role, roles_from

# What the driver tells of a message whose last statement found one row.
ONE_ROW_TAG = "SELECT 1"
ROLES = """
    SELECT p.role AS person_role, s.role AS service_account_role, y.member_editing FROM organizations y
    LEFT JOIN people p ON p.organization_id = $1 AND p.id = $2 AND p.archived_at IS NULL
    LEFT JOIN service_accounts s ON s.organization_id = $1 AND s.id = $3 AND s.archived_at IS NULL
    WHERE y.id = $1"""


def lock_statement(organization_id: UUID, *, is_exclusive: bool) -> str:
    """The statement that takes the graph lock of an organization until the transaction ends."""
    key = int.from_bytes(organization_id.bytes[8:], signed=True)
    return f"SELECT pg_advisory_xact_lock{'' if is_exclusive else '_shared'}({key})"


def role_statements(viewer: Viewer) -> list[str]:
    """The statement that finds one row while the viewer is what it was, and none when it is not; no statement for
    the operator, whom nobody demotes.

    It ends the message that opens a transaction, after the graph lock was taken in it: what takes a role away or
    archives a person or a service account holds that lock alone, so the role stays until the transaction ends.
    Literals, since a message of several statements has no parameters.
    """
    if viewer.person_id is None and viewer.service_account_id is None:
        return []
    own = f"organization_id = '{viewer.organization_id}' AND archived_at IS NULL"
    if not viewer.acts_for_person:
        table = "service_accounts" if viewer.person_id is None else "people"
        id = viewer.person_id or viewer.service_account_id
        statement = f"SELECT 1 FROM {table} WHERE {own} AND id = '{id}' AND role = '{viewer.role}'"
    else:
        # The lower one of two roles: neither is below it, and one of them is it.
        person, service_account = (
            f"SELECT role FROM {table} WHERE {own} AND id = '{id}' AND role IN ({_literals(roles_from(viewer.role))})"
            for table, id in (("people", viewer.person_id), ("service_accounts", viewer.service_account_id))
        )
        statement = f"SELECT 1 FROM ({person}) p, ({service_account}) s WHERE '{viewer.role}' IN (p.role, s.role)"
    if viewer.role not in ADMINISTRATORS:
        of_organization = f"id = '{viewer.organization_id}' AND member_editing = '{viewer.access.member_editing}'"
        statement += f" AND EXISTS (SELECT 1 FROM organizations WHERE {of_organization})"
    return [statement]


async def load_current_viewer(connection: "asyncpg.Connection[Any]", viewer: Viewer) -> Viewer:
    """The viewer with the role that it has in this transaction. Raises Unauthenticated for whom is archived, and
    ActAsPersonUnknown for a service account whose person is."""
    row = await connection.fetchrow(ROLES, viewer.organization_id, viewer.person_id, viewer.service_account_id)
    if viewer.service_account_id is not None and (row is None or row["service_account_role"] is None):
        raise Unauthenticated("The service account of these credentials is archived.")
    if row is None or (viewer.person_id is not None and row["person_role"] is None):
        if viewer.acts_for_person:
            raise ActAsPersonUnknown
        raise Unauthenticated("The person of these credentials is archived.")
    roles = (row["person_role"], row["service_account_role"])
    role = lower_role(*(each for each in roles if each is not None))
    return replace(viewer, role=role, access=replace(viewer.access, member_editing=row["member_editing"]))


def _literals(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)
