"""Creates organizations with their owners."""

from collections.abc import Mapping
from typing import Any

from service.events.models import Verb
from service.people.models import Organization, Person, Role
from service.people.policy_commands import first_version
from service.people.time_zones import check_time_zone
from service.writing.rows import changes_of_new, new_row
from service.writing.texts import check_texts
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row


async def add_organization(tx: Transaction, name: str, time_zone: str, owner: Mapping[str, Any]) -> Person:
    """Adds the organization of the transaction, and its owner. Notes Blank, TooLong and TimeZoneUnknown; the fields of
    errors of the owner begin with `owner`."""
    tx.attempt.note(check_time_zone(time_zone))
    tx.attempt.note(check_texts({"name": name}))
    facts = {"id": tx.organization_id, "name": name, "time_zone": time_zone}
    organization = unsaved_row(Organization, {**facts, "created_at": tx.now, "updated_at": tx.now})
    tx.insert([organization, first_version(tx, organization)])
    tx.record(Verb.CREATED, organization, {"name": {"after": name}, "time_zone": {"after": time_zone}})  # type: ignore[arg-type]
    with tx.attempting() as attempt:
        person = new_row(tx, Person, {**owner, "role": Role.OWNER})
    for refusal in attempt.refusals:
        refusal.field = ("owner", *refusal.field)
    tx.attempt.note(attempt.refusals)
    tx.insert([person])
    tx.record(Verb.CREATED, person, changes_of_new(person))
    return person
