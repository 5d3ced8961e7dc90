"""Erases a person: personal data becomes a placeholder, in the rows and in the events; the person stays as an id."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import bindparam, select, text

from service.events.models import Verb
from service.people.commands import check_owner, ensure_another_owner, is_owner, leave
from service.people.models import ApiKey, Membership, Person
from service.people.permissions import ensure_administrator
from service.postgres.tables import columns_of, table_of
from service.reading.reader import of_tenant
from service.writing.rows import advance, archive, lock_row
from service.writing.transaction import Transaction

# The function `erase_person_events` of the database has the same one.
PLACEHOLDER = "Erased person"
# What the columns of an erased person hold. Without an external id and an email no sign-in leads to the person.
ERASED_FACTS: Mapping[str, str | None] = {
    "name": PLACEHOLDER,
    **dict.fromkeys(("email", "external_id", "avatar_url", "color", "locale", "time_zone")),
}

_member_of = columns_of(Membership)
_key = columns_of(ApiKey)
TEAMS_OF_PERSON = select(_member_of.team_id).where(
    of_tenant(Membership),
    _member_of.person_id == bindparam("person_id", type_=_member_of.person_id.type),
    _member_of.ended_at.is_(None),
)
KEY_LOCKS = (
    select(table_of(ApiKey))
    .where(of_tenant(ApiKey), _key.person_id == bindparam("person_id", type_=_key.person_id.type))
    .order_by(_key.id)
    .with_for_update(key_share=True)
)
# The role of the application may not change events. This function does, and it knows erased people only.
ERASE_EVENTS = text(
    "SELECT erase_person_events(CAST(:organization_id AS uuid), CAST(:person_id AS uuid)) AS event_count"
)


async def erase_person(tx: Transaction, id: UUID) -> None:
    """Erases a person, in an exclusive transaction; doing it twice changes nothing.

    Memberships end, API keys are revoked, and the person is archived for good. Events keep their ids, times and order.
    Raises Forbidden and NotFound; notes LastOwner and OwnerRequired.
    """
    ensure_administrator(tx.viewer)
    person = await lock_row(tx, Person, id, allow_archived=True)
    if person.erased_at is not None:
        return
    if is_owner(person):
        with tx.attempt.noting():
            await ensure_another_owner(tx, person)
        tx.attempt.note(check_owner(tx, "id"))
    tx.attempt.ensure_fine()
    for row in await tx.rows(TEAMS_OF_PERSON, person_id=id):
        await leave(tx, row.team_id, id)
    await _end_keys(tx, id)
    for name, value in ERASED_FACTS.items():
        setattr(person, name, value)
    person.erased_at = tx.now
    if not archive(tx, person):
        advance(tx, person)
    tx.record(Verb.ERASED, person, {})
    # The function reads what is stored: that the person is erased, and all events.
    await tx.flush()
    await tx.rows(ERASE_EVENTS, person_id=id)


async def _end_keys(tx: Transaction, person_id: UUID) -> None:
    """Revokes the API keys of a person. Their names may be personal."""
    for key in await tx.lock_rows(ApiKey, KEY_LOCKS, person_id=person_id):
        key.name = PLACEHOLDER
        if key.revoked_at is None:
            key.revoked_at = tx.now
            tx.record(Verb.REVOKED, key, {})
