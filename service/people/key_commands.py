"""Creates, rotates and revokes API keys."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from uuid_utils.compat import uuid7

from service.errors import Forbidden, Refusal
from service.events.models import Verb
from service.people import keys
from service.people.models import ApiKey, Person, Role
from service.people.scopes import ALL_SCOPES, IMPLIED_SCOPES, Scopes
from service.people.service_accounts.models import ServiceAccount
from service.values.parsing import to_json_value
from service.values.record import record
from service.viewer import ADMINISTRATORS, Viewer
from service.writing.refusals import NotFound
from service.writing.rows import ensure_not_archived
from service.writing.texts import check_texts
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row

MAX_OVERLAP_HOURS = 24 * 30
DEFAULT_OVERLAP_HOURS = 24


class ExpiresInPast(Refusal):
    """`{name}` is {expires_at}, which has passed. An API key expires in the future, or never."""

    meaning = "Time <expiresAt> in `<name>` that has passed. Send a time in the future, or leave the field out."


class ScopesNotHeld(Refusal):
    """The credentials of this request do not have these scopes themselves, so they cannot give them: {missing}."""

    meaning = (
        "Scopes <missing> that the credentials of the request do not have themselves. Leave them out, or use "
        "credentials that have them."
    )
    is_about_rights = True


class ScopesEmpty(Refusal):
    """`scopes` is an empty list: the API key could do nothing. Leave `scopes` out for all that the role allows."""

    meaning = "Empty list of scopes. Name at least one, or leave the field out for all that the role allows."


class KeyEnded(Refusal):
    """This API key is revoked or has expired, so it cannot be rotated. Create a new one."""

    meaning = "API key that is revoked or has expired, and cannot be rotated. Create a new one."


class OverlapOutOfRange(Refusal):
    """`overlapHours` is {hours}; it has to be from {minimum} to {maximum}."""

    meaning = "Value <hours> of `overlapHours`, outside its range. Send a whole number from <minimum> to <maximum>."


class ScopeNotAllowed(Refusal):
    """The scope {scope} is only for API keys of service accounts: a person acts as that person."""

    meaning = "Scope <scope> for the API key of a person. Leave it out, or create the API key of a service account."


class HolderAmbiguous(Refusal):
    """An API key belongs either to a person or to a service account: send `personId` or `serviceAccountId`."""

    meaning = "Both `personId` and `serviceAccountId`. Send one of them, or neither for an API key of the caller."


class PersonRequired(Refusal):
    """These credentials are no person's: say in `personId` whom the API key is for."""

    meaning = "Missing `personId`, which credentials that are no person's have to send. Send the id of a person."


class Holder(NamedTuple):
    """Whom an API key belongs to: a person or a service account."""

    id: UUID
    role: str
    is_person: bool


@record
class IssuedKey:
    """A new API key: the id of its row, and the key itself, which is not stored."""

    id: UUID
    key: str


async def create_key(
    tx: Transaction,
    person_id: UUID | None,
    name: str,
    *,
    service_account_id: UUID | None = None,
    expires_at: datetime | None = None,
    scopes: Sequence[str] | None = None,
) -> IssuedKey:
    """Adds an API key of a person or a service account; its hash is stored. Without both, it is the viewer's, and
    `scopes` None are those of the viewer.

    Raises Archived, Erased, Forbidden, HolderAmbiguous, NotFound and PersonRequired; notes Blank, TooLong,
    ExpiresInPast, ScopeNotAllowed, ScopesEmpty and ScopesNotHeld.
    """
    if person_id is not None and service_account_id is not None:
        raise HolderAmbiguous(("serviceAccountId",))
    if person_id is None and service_account_id is None:
        person_id, service_account_id = tx.viewer.person_id, tx.viewer.service_account_id
    await tx.flush()
    ensure_acts_alone(tx.viewer)
    holder = await _lock_holder(tx, person_id, service_account_id)
    ensure_may_manage_keys(tx.viewer, holder, gets_secret=True)
    if scopes is None and tx.viewer.scopes is not None:
        scopes = sorted(tx.viewer.scopes - _denied(holder))
    tx.attempt.note(check_texts({"name": name}))
    tx.attempt.note(_check_scopes(tx.viewer, holder, scopes))
    tx.attempt.note(_check_expiry(tx, expires_at))
    return _add(tx, holder, name, expires_at, scopes)


async def issue_key(tx: Transaction, person_id: UUID, name: str, expires_at: datetime | None = None) -> str:
    """Adds an API key with all scopes, and returns it. Raises and notes as `create_key`."""
    return (await create_key(tx, person_id, name, expires_at=expires_at)).key


async def rotate_key(
    tx: Transaction, id: UUID, *, expires_at: datetime | None = None, overlap_hours: int = DEFAULT_OVERLAP_HOURS
) -> IssuedKey:
    """Adds an API key with name, holder and scopes of another one, which ends after the overlap.

    `expires_at` None: the new key lives as long as the old one was to live. Raises Forbidden, NotFound and KeyEnded;
    notes ExpiresInPast, ScopesNotHeld and OverlapOutOfRange.
    """
    old, holder = await _lock_key(tx, id, gets_secret=True)
    if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= tx.now):
        raise KeyEnded(("id",))
    if not 0 <= overlap_hours <= MAX_OVERLAP_HOURS:
        tx.attempt.note(
            [OverlapOutOfRange(("overlapHours",), hours=overlap_hours, minimum=0, maximum=MAX_OVERLAP_HOURS)]
        )
        overlap_hours = 0
    tx.attempt.note(_check_scopes(tx.viewer, holder, old.scopes))
    tx.attempt.note(_check_expiry(tx, expires_at))
    if expires_at is None and old.expires_at is not None:
        expires_at = tx.now + (old.expires_at - old.created_at)
    issued = _add(tx, holder, old.name, expires_at, old.scopes, replaces_id=old.id)
    ends_at = tx.now + timedelta(hours=overlap_hours)
    if old.expires_at is None or ends_at < old.expires_at:
        before, old.expires_at = old.expires_at, ends_at
        change = {"before": to_json_value(before), "after": to_json_value(ends_at)}
        tx.record(Verb.UPDATED, old, {"expires_at": change})
    return issued


async def revoke_key(tx: Transaction, id: UUID) -> None:
    """Revokes an API key; doing it twice changes nothing. Raises Forbidden and NotFound."""
    row, _ = await _lock_key(tx, id)
    if row.revoked_at is None:
        row.revoked_at = tx.now
        tx.record(Verb.REVOKED, row, {})


def ensure_acts_alone(viewer: Viewer) -> None:
    """Raises Forbidden for a service account on behalf of a person: an API key of the person would outlast it."""
    if viewer.acts_for_person:
        raise Forbidden("API keys are not managed on behalf of a person.")


def ensure_may_manage_keys(viewer: Viewer, holder: Holder, *, gets_secret: bool) -> None:
    """Raises Forbidden unless the viewer may create and end the API keys of a person or a service account.

    Everybody manages their own, administrators those of others, and only an OWNER those of an OWNER. A service account
    gets no secrets of people, so that it acts on behalf of them by its own name only.
    """
    if _is_own(viewer, holder):
        return
    if viewer.role not in ADMINISTRATORS:
        raise Forbidden(f"Your role is {viewer.role}, so you manage only your own API keys. Ask an administrator.")
    if not holder.is_person:
        return
    if holder.role == Role.OWNER and viewer.role != Role.OWNER:
        raise Forbidden("API keys of an OWNER are managed by an OWNER. Ask one.")
    if gets_secret and viewer.service_account_id is not None:
        raise Forbidden("API keys of people are created and rotated by people, not by a service account.")


def _is_own(viewer: Viewer, holder: Holder) -> bool:
    return holder.id == (viewer.person_id if holder.is_person else viewer.service_account_id)


async def _lock_holder(tx: Transaction, person_id: UUID | None, service_account_id: UUID | None) -> Holder:
    row: Person | ServiceAccount | None
    if service_account_id is not None:
        field, name = "serviceAccountId", "service account"
        [row] = await tx.lock(ServiceAccount, [service_account_id])
    elif person_id is not None:
        field, name = "personId", "person"
        [row] = await tx.lock(Person, [person_id])
    else:
        raise PersonRequired(("personId",))
    if row is None:
        raise NotFound((field,), thing=name)
    ensure_not_archived(row, field)
    return Holder(row.id, row.role, is_person=service_account_id is None)


async def _lock_key(tx: Transaction, id: UUID, *, gets_secret: bool = False) -> tuple[ApiKey, Holder]:
    """The row of a key that the viewer may manage, and its holder. For others it does not exist."""
    ensure_acts_alone(tx.viewer)
    [row] = await tx.lock(ApiKey, [id])
    holder = None if row is None else await _holder_of(tx, row)
    if row is None or holder is None or not (tx.viewer.role in ADMINISTRATORS or _is_own(tx.viewer, holder)):
        raise NotFound(("id",), thing="API key")
    ensure_may_manage_keys(tx.viewer, holder, gets_secret=gets_secret)
    return row, holder


async def _holder_of(tx: Transaction, key: ApiKey) -> Holder | None:
    row: Person | ServiceAccount | None = None
    if key.person_id is not None:
        [row] = await tx.lock(Person, [key.person_id], update=False)
    elif key.service_account_id is not None:
        [row] = await tx.lock(ServiceAccount, [key.service_account_id], update=False)
    return None if row is None else Holder(row.id, row.role, is_person=key.person_id is not None)


def _add(
    tx: Transaction,
    holder: Holder,
    name: str,
    expires_at: datetime | None,
    scopes: Sequence[str] | None,
    replaces_id: UUID | None = None,
) -> IssuedKey:
    id = uuid7()
    key, secret_hash = keys.generate(tx.organization_id, id)
    facts = {
        "name": name,
        "person_id": holder.id if holder.is_person else None,
        "service_account_id": None if holder.is_person else holder.id,
        "expires_at": expires_at,
        "scopes": None if scopes is None else sorted(set(scopes)),
        "replaces_id": replaces_id,
    }
    own = {"organization_id": tx.organization_id, "id": id, "created_at": tx.now, "secret_hash": secret_hash}
    row = unsaved_row(ApiKey, {**own, **facts})
    tx.insert([row])
    after = {fact: {"after": to_json_value(value)} for fact, value in facts.items() if value is not None}
    tx.record(Verb.CREATED, row, after)
    return IssuedKey(id, key)


def _denied(holder: Holder) -> Scopes:
    """The scopes that keys of a holder never have."""
    return ALL_SCOPES - IMPLIED_SCOPES if holder.is_person else frozenset()


def _held(viewer: Viewer) -> Scopes:
    """The scopes that a viewer can give. People without limits give all, also what none of their own keys may have."""
    if viewer.scopes is not None:
        return viewer.scopes
    return ALL_SCOPES if viewer.service_account_id is None else IMPLIED_SCOPES


def _check_scopes(viewer: Viewer, holder: Holder, scopes: Collection[str] | None) -> Iterator[Refusal]:
    if scopes is not None and not scopes:
        yield ScopesEmpty(("scopes",))
    needed = IMPLIED_SCOPES if scopes is None else frozenset(scopes)
    for scope in sorted(needed & _denied(holder)):
        yield ScopeNotAllowed(("scopes",), scope=scope)
    if missing := needed - _denied(holder) - _held(viewer):
        yield ScopesNotHeld(("scopes",), missing=", ".join(sorted(missing)))


def _check_expiry(tx: Transaction, expires_at: datetime | None) -> Iterator[Refusal]:
    if expires_at is not None and expires_at <= tx.now:
        yield ExpiresInPast(("expiresAt",), name="expiresAt", expires_at=to_json_value(expires_at))
