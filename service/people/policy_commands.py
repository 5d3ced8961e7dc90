"""Versions of the status policy: each change of the policy adds one, and none is changed afterwards."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from service.people.models import Organization, StatusPolicy
from service.postgres.tables import columns_of
from service.reading.reader import of_tenant
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row

# The columns of an organization that are its status policy.
STATUS_POLICY = ("at_risk_pace", "on_track_pace", "check_in_cadence_days", "check_in_weekday")

_policy = columns_of(StatusPolicy)
# The version that is in force now.
CURRENT = select(_policy.id, _policy.number).where(of_tenant(StatusPolicy)).order_by(_policy.number.desc()).limit(1)


def first_version(tx: Transaction, organization: Organization) -> StatusPolicy:
    """The first version of the policy of a new organization."""
    return _version(tx, organization, 1, None)


async def add_version(tx: Transaction, organization: Organization, reason: str | None) -> None:
    """Adds the policy of an organization, which is locked, as a version that is in force from now on."""
    [current] = await tx.rows(CURRENT)
    tx.insert([_version(tx, organization, current.number + 1, reason)])


async def current_version(tx: Transaction) -> UUID:
    """The id of the version that is in force now. The transaction has the graph lock for itself, as that of each change
    of the policy has."""
    [current] = await tx.rows(CURRENT)
    id: UUID = current.id
    return id


def _version(tx: Transaction, organization: Organization, number: int, reason: str | None) -> StatusPolicy:
    values: dict[str, Any] = {name: getattr(organization, name) for name in STATUS_POLICY}
    own = {"organization_id": tx.organization_id, "id": uuid7(), "number": number, "valid_from": tx.now}
    makers = {"author_id": tx.viewer.person_id, "service_account_id": tx.viewer.service_account_id}
    return unsaved_row(StatusPolicy, {**values, **own, **makers, "reason": reason})
