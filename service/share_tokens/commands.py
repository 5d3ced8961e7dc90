"""Creates and revokes share tokens."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from uuid_utils.compat import uuid7

from service.errors import Forbidden, Refusal
from service.events.models import Verb
from service.objectives.models import Objective
from service.people import keys
from service.people.goal_access import GoalCheck, ensure_access, find_refusals
from service.people.key_commands import IssuedKey, ScopesNotHeld
from service.people.permissions import EDITORS, ensure_editor
from service.people.scopes import ApiKeyScope
from service.reading.filters import ParsedFilter
from service.share_tokens.models import ShareToken
from service.share_tokens.shown_queries import MAX_SHARED_GOALS, ShownGoals, shown_by_filter, shown_by_objective
from service.values.parsing import to_json_value
from service.viewer import ADMINISTRATORS
from service.writing.refusals import Archived, NotFound
from service.writing.texts import check_texts
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row

MAX_SHARE_DAYS = 366


class ShareExpiryOutOfRange(Refusal):
    """`expiresAt` is {expires_at}; a share token expires in the future, and not later than {latest}."""

    meaning = (
        "Time <expiresAt> that has passed, or is more than a year ahead. Send a time in the future, not later than "
        "<latest>."
    )


class ShareContentAmbiguous(Refusal):
    """A share token shows one thing: give either `objectiveId` or `kpiFilter`."""

    meaning = "Both or none of `objectiveId` and `kpiFilter`. Send exactly one of them."


class ShareTooLarge(Refusal):
    """A share token shows at most {limit} objectives and KPIs, and this one would show more."""

    meaning = "Share token that would show more than <limit> objectives and KPIs. Share a part of them."


class SavedFilter(NamedTuple):
    """A filter of KPIs: as the schema takes it, and parsed."""

    json: Mapping[str, Any]
    parsed: ParsedFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRequest:
    """A share token to create: of an objective or of the KPIs that match a filter, exactly one of the two."""

    name: str
    expires_at: datetime
    shows_names: bool = False
    objective_id: UUID | None = None
    kpi_filter: SavedFilter | None = None


async def create_share_token(tx: Transaction, request: ShareRequest) -> IssuedKey:
    """Adds a share token of the viewer; its hash is stored.

    Raises Forbidden, NotFound, NotEditable, Archived and ShareContentAmbiguous; notes Blank, TooLong, ScopesNotHeld,
    ShareExpiryOutOfRange and ShareTooLarge.
    """
    if tx.viewer.person_id is None:
        raise Forbidden("A share token belongs to the person who creates it; these credentials are no person's.")
    ensure_editor(tx.viewer)
    tx.attempt.note(check_texts({"name": request.name}))
    tx.attempt.note(_check_expiry(tx.now, request.expires_at))
    tx.attempt.note(_check_scopes(tx, request))
    if (await _shown(tx, request)).are_too_many:
        field = "kpiFilter" if request.objective_id is None else "objectiveId"
        tx.attempt.note([ShareTooLarge((field,), limit=MAX_SHARED_GOALS)])
    return _add(tx, tx.viewer.person_id, request)


async def revoke_share_token(tx: Transaction, id: UUID) -> None:
    """Revokes a share token; doing it twice changes nothing. Raises NotFound for one that others manage."""
    row = await _lock_token(tx, id)
    if row.revoked_at is None:
        row.revoked_at = tx.now
        tx.record(Verb.REVOKED, row, {}, objectives=_objectives(row), settles=False)


async def _shown(tx: Transaction, request: ShareRequest) -> ShownGoals:
    """The goals that a new token shows, which the viewer may share."""
    if request.objective_id is not None and request.kpi_filter is None:
        [objective] = await tx.lock(Objective, [request.objective_id], update=False)
        if objective is None:
            raise NotFound(("objectiveId",), thing="objective")
        await ensure_access(tx, GoalCheck(objective, "objectiveId"))
        if objective.archived_at is not None:
            raise Archived(("objectiveId",), thing="objective")
        return await shown_by_objective(tx.rows, objective.id)
    if request.kpi_filter is not None and request.objective_id is None:
        return await shown_by_filter(tx.rows, request.kpi_filter.parsed)
    raise ShareContentAmbiguous(("objectiveId",))


def _add(tx: Transaction, creator_id: UUID, request: ShareRequest) -> IssuedKey:
    id = uuid7()
    token, secret_hash = keys.generate(tx.organization_id, id, prefix=keys.SHARE)
    facts = {
        "name": request.name,
        "expires_at": request.expires_at,
        "shows_names": request.shows_names,
        "objective_id": request.objective_id,
    }
    json = None if request.kpi_filter is None else orjson.dumps(request.kpi_filter.json).decode()
    own = {"organization_id": tx.organization_id, "id": id, "creator_id": creator_id, "created_at": tx.now}
    row = unsaved_row(ShareToken, {**own, **facts, "secret_hash": secret_hash, "kpi_filter": json})
    tx.insert([row])
    # Everybody may read the event, and the filter may name what is hidden from some.
    after = {fact: {"after": to_json_value(value)} for fact, value in facts.items() if value is not None}
    tx.record(Verb.CREATED, row, after, objectives=_objectives(row), settles=False)
    return IssuedKey(id, token)


async def _lock_token(tx: Transaction, id: UUID) -> ShareToken:
    """The row of a token that the viewer created, or that shows an objective which the viewer may share; for others it
    does not exist."""
    [row] = await tx.lock(ShareToken, [id])
    if row is None or not (row.creator_id == tx.viewer.person_id or await _may_share(tx, row)):
        raise NotFound(("id",), thing="share token")
    return row


async def _may_share(tx: Transaction, row: ShareToken) -> bool:
    if tx.viewer.role in ADMINISTRATORS:
        return True
    if row.objective_id is None or tx.viewer.role not in EDITORS:
        return False
    [objective] = await tx.lock(Objective, [row.objective_id], update=False)
    return objective is not None and await find_refusals(tx, [GoalCheck(objective)]) == [None]


def _objectives(row: ShareToken) -> list[UUID]:
    return [] if row.objective_id is None else [row.objective_id]


def _check_expiry(now: datetime, expires_at: datetime) -> Iterator[Refusal]:
    latest = now + timedelta(days=MAX_SHARE_DAYS)
    if not now < expires_at <= latest:
        times = {"expires_at": to_json_value(expires_at), "latest": to_json_value(latest)}
        yield ShareExpiryOutOfRange(("expiresAt",), **times)


def _check_scopes(tx: Transaction, request: ShareRequest) -> Iterator[Refusal]:
    """Credentials do not give away what they do not have."""
    needed = {ApiKeyScope.KPIS_READ}
    if request.objective_id is not None:
        needed.add(ApiKeyScope.GOALS_READ)
    if request.shows_names:
        needed.add(ApiKeyScope.PEOPLE_READ)
    missing = needed - tx.viewer.scopes if tx.viewer.scopes is not None else ()
    if missing:
        yield ScopesNotHeld((), missing=", ".join(sorted(missing)))
