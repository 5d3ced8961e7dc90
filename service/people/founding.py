"""Creates organizations, and creates and revokes API keys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from service.events.models import Verb
from service.people import keys
from service.people.models import ApiKey, Organization, Person, Role
from service.people.time_zones import check_time_zone
from service.postgres.tables import columns_of
from service.reading.reader import of_tenant
from service.writing.refusals import NotFound
from service.writing.rows import changes_of_new, new_row
from service.writing.texts import check_texts
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row

_key = columns_of(ApiKey)
_person = columns_of(Person)
API_KEYS = (
    select(
        *(_key.id, _person.name.label("person"), _key.name),
        *(_key.created_at, _key.expires_at, _key.revoked_at, _key.last_used_at),
    )
    .join(Person, (_person.organization_id == _key.organization_id) & (_person.id == _key.person_id))
    .where(of_tenant(ApiKey))
    .order_by(_key.created_at, _key.id)
)


async def add_organization(tx: Transaction, name: str, time_zone: str, owner: Mapping[str, Any]) -> Person:
    """Adds the organization of the transaction, and its owner. Notes Blank, TooLong and TimeZoneUnknown; the fields of
    errors of the owner begin with `owner`."""
    tx.attempt.note(check_time_zone(time_zone))
    tx.attempt.note(check_texts({"name": name}))
    facts = {"id": tx.organization_id, "name": name, "time_zone": time_zone}
    organization = unsaved_row(Organization, {**facts, "created_at": tx.now, "updated_at": tx.now})
    tx.insert([organization])
    tx.record(Verb.CREATED, organization, {"name": {"after": name}, "time_zone": {"after": time_zone}})  # type: ignore[arg-type]
    with tx.attempting() as attempt:
        person = new_row(tx, Person, {**owner, "role": Role.OWNER})
    for refusal in attempt.refusals:
        refusal.field = ("owner", *refusal.field)
    tx.attempt.note(attempt.refusals)
    tx.insert([person])
    tx.record(Verb.CREATED, person, changes_of_new(person))
    return person


async def issue_key(tx: Transaction, person_id: UUID, name: str, expires_at: datetime | None = None) -> str:
    """Adds an API key of a person and returns it in full. Only its hash is stored. Raises NotFound; notes Blank or
    TooLong for its name."""
    await tx.flush()
    if (await tx.lock(Person, [person_id]))[0] is None:
        raise NotFound(("personId",), thing="person")
    id = uuid7()
    secret, secret_hash = keys.generate(tx.organization_id, id)
    facts = {"person_id": person_id, "name": name, "secret_hash": secret_hash, "expires_at": expires_at}
    row = unsaved_row(ApiKey, {"organization_id": tx.organization_id, "id": id, "created_at": tx.now, **facts})
    tx.attempt.note(check_texts({"name": name}))
    tx.insert([row])
    tx.record(Verb.CREATED, row, {"name": {"after": name}, "person_id": {"after": str(person_id)}})
    return secret


async def revoke_key(tx: Transaction, id: UUID) -> None:
    """Revokes an API key; doing it twice changes nothing. Raises NotFound."""
    [row] = await tx.lock(ApiKey, [id])
    if row is None:
        raise NotFound(("id",), thing="API key")
    if row.revoked_at is None:
        row.revoked_at = tx.now
        tx.record(Verb.REVOKED, row, {})
