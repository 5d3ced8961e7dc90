"""Which audit events follow from the events of changes: one table, which the transaction of a change looks up."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from service.audit.kinds import AuditEventKind
from service.events.models import Verb

KEY, PERSON, SERVICE_ACCOUNT, MEMBERSHIP, SHARE = "ApiKey", "Person", "ServiceAccount", "Membership", "ShareToken"
# What an audit event tells of a new key. Its name is free text of people.
KEY_FACTS = ("person_id", "scopes", "expires_at", "replaces_id")

# Changed fields, each with its values `before` and `after`.
Changes: TypeAlias = Mapping[str, Mapping[str, Any]]


class Derived(NamedTuple):
    """An audit event without what it has of its transaction: who, when and by which request."""

    kind: AuditEventKind
    subject_type: str | None = None
    subject_id: UUID | None = None
    code: str | None = None
    details: Mapping[str, Any] = {}


Derivation: TypeAlias = Callable[[UUID, Changes], Iterable[Derived]]


def _of_new_key(id: UUID, changes: Changes) -> Iterator[Derived]:
    """A rotation is told of both keys, so that either one leads to it."""
    details = {name: changes[name]["after"] for name in KEY_FACTS if name in changes}
    yield Derived(AuditEventKind.KEY_CREATED, KEY, id, details=details)
    if "replaces_id" in details:
        replaced = UUID(str(details["replaces_id"]))
        yield Derived(AuditEventKind.KEY_ROTATED, KEY, replaced, details={"replaced_by_id": str(id)})


def _of_role(subject_type: str) -> Derivation:
    def derive(id: UUID, changes: Changes) -> Iterator[Derived]:
        if "role" in changes:
            yield Derived(AuditEventKind.ROLE_CHANGED, subject_type, id, details=dict(changes["role"]))

    return derive


def _of_lead(id: UUID, changes: Changes) -> Iterator[Derived]:
    """Leads of a team have rights that other members have not."""
    role = changes.get("role", {})
    if "LEAD" in role.values():
        yield Derived(AuditEventKind.ROLE_CHANGED, MEMBERSHIP, id, details=dict(role))


def _plain(kind: AuditEventKind, subject_type: str) -> Derivation:
    return lambda id, _changes: [Derived(kind, subject_type, id)]


# By the type of the changed object and the verb of the event. What is not here leaves no audit event.
DERIVATIONS: Mapping[tuple[str, Verb], Derivation] = {
    (KEY, Verb.CREATED): _of_new_key,
    (KEY, Verb.REVOKED): _plain(AuditEventKind.KEY_REVOKED, KEY),
    (SHARE, Verb.CREATED): _plain(AuditEventKind.KEY_CREATED, SHARE),
    (SHARE, Verb.REVOKED): _plain(AuditEventKind.KEY_REVOKED, SHARE),
    **{(each, verb): _of_role(each) for each in (PERSON, SERVICE_ACCOUNT) for verb in (Verb.CREATED, Verb.UPDATED)},
    **{(MEMBERSHIP, verb): _of_lead for verb in (Verb.CREATED, Verb.UPDATED, Verb.RESTORED)},
    (MEMBERSHIP, Verb.ARCHIVED): _of_lead,
    (PERSON, Verb.ARCHIVED): _plain(AuditEventKind.PERSON_ARCHIVED, PERSON),
    (PERSON, Verb.RESTORED): _plain(AuditEventKind.PERSON_RESTORED, PERSON),
    ("Cycle", Verb.REOPENED): _plain(AuditEventKind.CYCLE_REOPENED, "Cycle"),
    (PERSON, Verb.ERASED): _plain(AuditEventKind.PERSON_ERASED, PERSON),
}


def derived_from(verb: Verb, subject_type: str, subject_id: UUID, changes: Changes) -> Iterable[Derived]:
    """The audit events of a change; most have none."""
    derivation = DERIVATIONS.get((subject_type, verb))
    return () if derivation is None else derivation(subject_id, changes)
