"""Creates, rotates and revokes API keys."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from service.errors import Forbidden, Refusal
from service.events.models import Verb
from service.people import keys
from service.people.models import ApiKey, Person, Role
from service.people.scopes import ALL_SCOPES
from service.values.parsing import to_json_value
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


class PersonRequired(Refusal):
    """These credentials are no person's: say in `personId` whom the API key is for."""

    meaning = "Missing `personId`, which credentials that are no person's have to send. Send the id of a person."


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new API key: the id of its row, and the key itself, which is not stored."""

    id: UUID
    key: str


async def create_key(
    tx: Transaction,
    person_id: UUID | None,
    name: str,
    *,
    expires_at: datetime | None = None,
    scopes: Sequence[str] | None = None,
) -> IssuedKey:
    """Adds an API key of a person; its hash is stored. `person_id` and `scopes` None: those of the viewer.

    Raises Archived, Erased, Forbidden, NotFound and PersonRequired; notes Blank, TooLong, ExpiresInPast, ScopesEmpty
    and ScopesNotHeld.
    """
    person_id = person_id or tx.viewer.person_id
    if person_id is None:
        raise PersonRequired(("personId",))
    await tx.flush()
    [person] = await tx.lock(Person, [person_id])
    if person is None:
        raise NotFound(("personId",), thing="person")
    ensure_not_archived(person, "personId")
    if scopes is None and tx.viewer.scopes is not None:
        scopes = sorted(tx.viewer.scopes)
    ensure_may_manage_keys(tx.viewer, person)
    tx.attempt.note(check_texts({"name": name}))
    tx.attempt.note(_check_scopes(tx.viewer, scopes))
    tx.attempt.note(_check_expiry(tx, expires_at))
    return _add(tx, person_id, name, expires_at, scopes)


async def issue_key(tx: Transaction, person_id: UUID, name: str, expires_at: datetime | None = None) -> str:
    """Adds an API key with all scopes, and returns it. Raises and notes as `create_key`."""
    return (await create_key(tx, person_id, name, expires_at=expires_at)).key


async def rotate_key(
    tx: Transaction, id: UUID, *, expires_at: datetime | None = None, overlap_hours: int = DEFAULT_OVERLAP_HOURS
) -> IssuedKey:
    """Adds an API key with name, person and scopes of another one, which ends after the overlap.

    `expires_at` None: the new key lives as long as the old one was to live. Raises Forbidden, NotFound and KeyEnded;
    notes ExpiresInPast, ScopesNotHeld and OverlapOutOfRange.
    """
    old = await _lock_key(tx, id)
    if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= tx.now):
        raise KeyEnded(("id",))
    if not 0 <= overlap_hours <= MAX_OVERLAP_HOURS:
        tx.attempt.note(
            [OverlapOutOfRange(("overlapHours",), hours=overlap_hours, minimum=0, maximum=MAX_OVERLAP_HOURS)]
        )
        overlap_hours = 0
    tx.attempt.note(_check_scopes(tx.viewer, old.scopes))
    tx.attempt.note(_check_expiry(tx, expires_at))
    if expires_at is None and old.expires_at is not None:
        expires_at = tx.now + (old.expires_at - old.created_at)
    issued = _add(tx, old.person_id, old.name, expires_at, old.scopes, replaces_id=old.id)
    ends_at = tx.now + timedelta(hours=overlap_hours)
    if old.expires_at is None or ends_at < old.expires_at:
        before, old.expires_at = old.expires_at, ends_at
        change = {"before": to_json_value(before), "after": to_json_value(ends_at)}
        tx.record(Verb.UPDATED, old, {"expires_at": change})
    return issued


async def revoke_key(tx: Transaction, id: UUID) -> None:
    """Revokes an API key; doing it twice changes nothing. Raises Forbidden and NotFound."""
    row = await _lock_key(tx, id)
    if row.revoked_at is None:
        row.revoked_at = tx.now
        tx.record(Verb.REVOKED, row, {})


def ensure_may_manage_keys(viewer: Viewer, person: Person) -> None:
    """Raises Forbidden unless the viewer may create and end the API keys of a person.

    Everybody manages their own, administrators those of others, and only an OWNER those of an OWNER.
    """
    if viewer.person_id == person.id:
        return
    if viewer.role not in ADMINISTRATORS:
        raise Forbidden(f"Your role is {viewer.role}, so you manage only your own API keys. Ask an administrator.")
    if person.role == Role.OWNER and viewer.role != Role.OWNER:
        raise Forbidden("API keys of an OWNER are managed by an OWNER. Ask one.")


async def _lock_key(tx: Transaction, id: UUID) -> ApiKey:
    """The row of a key that the viewer may manage. For others it does not exist."""
    [row] = await tx.lock(ApiKey, [id])
    person = None if row is None else (await tx.lock(Person, [row.person_id], update=False))[0]
    if row is None or person is None or not (tx.viewer.role in ADMINISTRATORS or person.id == tx.viewer.person_id):
        raise NotFound(("id",), thing="API key")
    ensure_may_manage_keys(tx.viewer, person)
    return row


def _add(
    tx: Transaction,
    person_id: UUID,
    name: str,
    expires_at: datetime | None,
    scopes: Sequence[str] | None,
    replaces_id: UUID | None = None,
) -> IssuedKey:
    id = uuid7()
    key, secret_hash = keys.generate(tx.organization_id, id)
    facts = {
        "name": name,
        "person_id": person_id,
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


def _check_scopes(viewer: Viewer, scopes: Collection[str] | None) -> Iterator[Refusal]:
    if scopes is not None and not scopes:
        yield ScopesEmpty(("scopes",))
    held = ALL_SCOPES if viewer.scopes is None else viewer.scopes
    missing = (ALL_SCOPES if scopes is None else set(scopes)) - held
    if missing:
        yield ScopesNotHeld(("scopes",), missing=", ".join(sorted(missing)))


def _check_expiry(tx: Transaction, expires_at: datetime | None) -> Iterator[Refusal]:
    if expires_at is not None and expires_at <= tx.now:
        yield ExpiresInPast(("expiresAt",), name="expiresAt", expires_at=to_json_value(expires_at))
