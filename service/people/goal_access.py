"""Checks in a transaction whether its viewer sees and may edit goals, by what is stored at that moment."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select, text

from service.errors import Refusal
from service.people.access_queries import access_by_teams, team_arrays, team_columns
from service.people.permissions import (
    Denial,
    GoalFacts,
    decide_check_in,
    decide_edit,
    ensure_editor,
    needs_participants,
    sees,
)
from service.postgres.tables import TenantRow, columns_of, table_of
from service.reading.reader import of_tenant
from service.reading.statements import equals_any
from service.reading.visibility import condition
from service.values.names import to_words
from service.viewer import Viewer
from service.writing.refusals import NotFound
from service.writing.rows import flush_written
from service.writing.transaction import Transaction

# The columns by which participants name what they take part in: an objective, a KPI or an initiative.
NAMED_BY = ("objective_id", "kpi_id", "initiative_id")
_is_named = " OR ".join(f"p.{column} = ANY(CAST(:{column}s AS uuid[]))" for column in NAMED_BY)
# The access of a person, once for each role of it in the goals with these ids, or alone. Goals of two types may have
# the same id, which clients choose.
ROLES = text(f"""
    SELECT access.*, {", ".join(f"roles.{column}" for column in NAMED_BY)}, roles.role
    FROM (SELECT {team_columns(":organization_id", "CAST(:person_id AS uuid)")}) access
    LEFT JOIN LATERAL (
        SELECT {", ".join(f"p.{column}" for column in NAMED_BY)}, p.role FROM participants p
        WHERE p.organization_id = :organization_id AND p.ended_at IS NULL AND ({_is_named})
          AND (p.person_id = :person_id OR p.team_id = ANY(access.own_team_ids))
    ) roles ON true""")


class NotEditable(Refusal):
    """You may not change this {thing}: you are not its owner or co-owner, and do not lead its team or a team above."""

    is_about_rights = True
    meaning = (
        "Goal (<thing>) that the caller sees and may not change. In this organization a MEMBER changes goals as owner "
        "or co-owner, or as lead of the team or of a team above. Ask one of them, or an administrator."
    )


class GoalCheck(NamedTuple):
    """A goal to see, and to edit if it `edits`; `field` of the input names it, and `thing` is what it is called.

    Participants name it by the column `named_by`. `further_owners` may edit it like its owner, and contributors if the
    change `is_check_in`.
    """

    goal: GoalFacts
    field: str = "id"
    thing: str = "objective"
    edits: bool = True
    named_by: str = "objective_id"
    further_owners: Collection[UUID | None] = ()
    is_check_in: bool = False


async def ensure_access(tx: Transaction, *checks: GoalCheck) -> None:
    """Raises Forbidden if the role does not edit, NotFound for a goal that is hidden, and NotEditable."""
    for refusal in await find_refusals(tx, checks):
        if refusal is not None:
            raise refusal


async def find_refusals(tx: Transaction, checks: Sequence[GoalCheck]) -> list[Refusal | None]:
    """The refusal of each check, or None. Raises Forbidden if the role does not edit."""
    viewer = tx.viewer
    if any(check.edits for check in checks):
        ensure_editor(viewer)
    roles: Mapping[tuple[str, UUID], set[str]] = {}
    if needs_participants(viewer, [check.goal for check in checks]):
        viewer, roles = await _load_roles(tx, checks)
    # Whoever creates a goal adds to it in the same transaction.
    return [
        None if _key(check) in tx.created else _refusal(viewer, check, roles.get(_key(check), set()))
        for check in checks
    ]


async def _load_roles(
    tx: Transaction, checks: Sequence[GoalCheck]
) -> tuple[Viewer, Mapping[tuple[str, UUID], set[str]]]:
    """The viewer with its access in this transaction, and its roles in goals by their keys."""
    await _send(tx)
    ids: dict[str, list[UUID]] = {f"{column}s": [] for column in NAMED_BY}
    for column, id in (_key(check) for check in checks):
        ids[f"{column}s"].append(id)
    rows = await tx.rows(ROLES, person_id=tx.viewer.person_id, **ids)
    roles: dict[tuple[str, UUID], set[str]] = defaultdict(set)
    for row in rows:
        for column in NAMED_BY:
            if (id := row[column]) is not None:
                roles[column, UUID(int=id.int)].add(row.role)
    return replace(tx.viewer, access=access_by_teams(rows[0])), roles


def _key(check: GoalCheck) -> tuple[str, UUID]:
    return check.named_by, check.goal.id


async def ensure_seen(tx: Transaction, model: type[TenantRow], **ids: UUID | None) -> None:
    """Raises NotFound for the fields of the input whose rows the viewer does not see."""
    fields = {field: id for field, id in ids.items() if id is not None}
    hidden = await find_hidden(tx, model, fields.values())
    for field, id in fields.items():
        if id in hidden:
            raise NotFound((field,), thing=to_words(model.__name__))


async def find_hidden(tx: Transaction, model: type[TenantRow], ids: Iterable[UUID]) -> set[UUID]:
    """Those of these ids whose rows the viewer does not see."""
    distinct = set(ids)
    if tx.viewer.sees_all or not distinct:
        return set()
    await _send(tx)
    return distinct - await find_seen(tx, model, distinct)


async def _send(tx: Transaction) -> None:
    """Sends the rows of the same change, which may be meant; not if the change is refused anyway, so that the rest of
    what is wrong with it is told as of a goal that does not exist."""
    if not tx.attempt.refusals:
        await flush_written(tx)


async def find_seen(tx: Transaction, model: type[TenantRow], ids: Iterable[UUID]) -> set[UUID]:
    """The ids of stored rows that the viewer sees."""
    return {UUID(int=row.id.int) for row in await tx.rows(_seen(model), ids=list(ids))}


def seen_now(model: type[TenantRow]) -> ColumnElement[bool]:
    """As `visible`, by the teams that the viewer is in at this moment."""
    table = table_of(model).name
    seen = condition(table, table)
    if seen is None:
        return of_tenant(model)
    own, all_below = team_arrays(":organization_id", "CAST(:viewer_id AS uuid)")
    # The longer name contains no other one.
    for parameter, teams in ((":viewer_own_team_ids", own), (":viewer_team_ids", all_below)):
        seen = seen.replace(parameter, teams)
    return and_(of_tenant(model), text(seen))


@cache
def _seen(model: type[TenantRow]) -> Select[Any]:
    return select(columns_of(model).id).where(seen_now(model), equals_any(columns_of(model).id))


def _refusal(viewer: Viewer, check: GoalCheck, roles: Collection[str]) -> Refusal | None:
    if not sees(viewer, check.goal, roles):
        return NotFound((check.field,), thing=check.thing)
    if not check.edits:
        return None
    decide = decide_check_in if check.is_check_in else decide_edit
    decision = decide(viewer, check.goal, roles, further_owners=check.further_owners)
    assert decision.denial in (None, Denial.NOT_OWNER_OR_LEAD), decision
    return None if decision.is_allowed else NotEditable((check.field,), thing=check.thing)
