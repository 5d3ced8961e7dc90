"""Changes to service accounts."""

from collections.abc import Sequence

from service.events.models import Verb
from service.people.permissions import ensure_administrator
from service.people.service_accounts.models import ServiceAccount
from service.writing.change import Change
from service.writing.rows import apply_change, changes_of_new, lock_row
from service.writing.transaction import Transaction


async def create(tx: Transaction, service_accounts: Sequence[ServiceAccount]) -> None:
    """Adds service accounts."""
    ensure_administrator(tx.viewer)
    tx.insert(service_accounts)
    for service_account in service_accounts:
        tx.record(Verb.CREATED, service_account, changes_of_new(service_account))


async def change(tx: Transaction, requested: Change) -> None:
    """Changes a service account; the role only in an exclusive transaction."""
    ensure_administrator(tx.viewer)
    service_account = await lock_row(tx, ServiceAccount, requested.id)
    changes = await apply_change(tx, service_account, requested)
    if changes:
        tx.record(Verb.UPDATED, service_account, changes, reason=requested.reason)
