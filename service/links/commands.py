"""Changes to the links of goals."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.errors import Refusal
from service.events.models import Verb
from service.initiatives.locking import lock_initiative
from service.key_results.locking import lock_upward_from
from service.kpis.models import Kpi
from service.links.models import Link
from service.objectives.locking import lock_objective
from service.people.goal_access import GoalCheck, ensure_access, ensure_seen
from service.people.permissions import ensure_editor
from service.postgres.tables import columns_of, table_of
from service.reading.reader import of_tenant
from service.reading.statements import equals_any
from service.values.names import to_camel_case
from service.values.urls import check_url
from service.writing.change import Change
from service.writing.constraints import taken
from service.writing.refusals import NotFound
from service.writing.rows import apply_change, changes_of_new, ensure_not_archived, lock_row, new_row
from service.writing.transaction import Transaction

GOALS = ("objective_id", "key_result_id", "kpi_id", "initiative_id")
SYSTEM = re.compile(r"[a-z0-9][a-z0-9._-]{0,49}")
_link = columns_of(Link)
MATCHING = select(table_of(Link)).where(of_tenant(Link), equals_any(_link.external_id)).order_by(_link.id)


class LinkGoalAmbiguous(Refusal):
    """A link belongs to one object: give one of `objectiveId`, `keyResultId`, `kpiId` and `initiativeId`."""

    meaning = "Link of nothing, or of several. Send one of `objectiveId`, `keyResultId`, `kpiId` and `initiativeId`."


class LinkSystemInvalid(Refusal):
    """`{system}` is no key of a system: use 1 to 50 small letters, digits, points, hyphens and underscores, such as
    jira."""

    meaning = (
        "Text `<system>` that is no key of a system. Send 1 to 50 small letters, digits, points, hyphens and "
        "underscores, of which the first one is a letter or a digit, such as jira."
    )


def draft(tx: Transaction, values: Mapping[str, Any]) -> Link:
    """A new link; one without an external id has its own id as such. Notes the refusals of `check`."""
    link = new_row(tx, Link, values)
    link.external_id = link.external_id or str(link.id)
    tx.attempt.note(check(link))
    return link


async def drafting(tx: Transaction) -> Callable[[Mapping[str, Any]], Link]:
    """The function that makes a new link of values."""
    return partial(draft, tx)


def check(link: Link) -> Iterator[Refusal]:
    """Yields what is wrong with a link, whatever there is."""
    if not _has_one_goal(link):
        yield LinkGoalAmbiguous(("objectiveId",))
    yield from check_url(link.url, "url")
    if not SYSTEM.fullmatch(link.system):
        yield LinkSystemInvalid(("system",), system=link.system)


def _has_one_goal(link: Link) -> bool:
    return sum(getattr(link, name) is not None for name in GOALS) == 1


async def create(tx: Transaction, links: Sequence[Link]) -> None:
    """Adds links to goals that are there and not archived; one without a goal was refused by `check`. Raises
    Forbidden, NotFound, NotEditable and Archived."""
    ensure_editor(tx.viewer)
    for link in links:
        if not _has_one_goal(link):
            continue
        objectives = await _lock_goal(tx, link)
        tx.insert([link])
        _record(tx, Verb.CREATED, link, changes_of_new(link), objectives)


async def change(tx: Transaction, requested: Change) -> None:
    """Changes a link; it stays with its goal. Notes the refusals of `check`."""
    ensure_editor(tx.viewer)
    link, objectives = await _lock(tx, requested.id)
    values = requested.values
    if any(values.get(name, getattr(link, name)) != getattr(link, name) for name in GOALS):
        # The file of an import has the work as that of another goal.
        tx.attempt.note([taken("external_id")])
        return
    changes = await apply_change(tx, link, requested)
    tx.attempt.note(check(link))
    if changes:
        _record(tx, Verb.UPDATED, link, changes, objectives, requested)


async def lock_to_archive(tx: Transaction, id: UUID, archived: bool) -> tuple[Link, Sequence[UUID]]:
    """The link to archive or restore. It counts in no objective."""
    link, _ = await _lock(tx, id, allow_archived=True)
    return link, ()


async def matching(tx: Transaction, items: Collection[Any]) -> dict[tuple[Any, ...], Link]:
    """The links that items of a file are matched with, by system and external id."""
    links = await tx.lock_rows(Link, MATCHING, ids=[item.external_id for item in items])
    return {(link.system, link.external_id): link for link in links}


async def _lock(tx: Transaction, id: UUID, *, allow_archived: bool = False) -> tuple[Link, Sequence[UUID]]:
    """A link to change, with its goal, which is locked first; and the objective of the goal."""
    [stored] = await tx.lock(Link, [id], update=False)
    if stored is None:
        raise NotFound(("id",), thing="link")
    await ensure_seen(tx, Link, id=id)
    objectives = await _lock_goal(tx, stored, "id", allow_archived=allow_archived)
    return await lock_row(tx, Link, id, allow_archived=allow_archived), objectives


async def _lock_goal(
    tx: Transaction, link: Link, field: str | None = None, *, allow_archived: bool = False
) -> Sequence[UUID]:
    """Locks the goal of a link, which has to be editable; the objective that it is or belongs to, if there is one.

    Links are no part of what the state of a cycle binds.
    """
    name = next(name for name in GOALS if getattr(link, name) is not None)
    id, field = getattr(link, name), field or to_camel_case(name)
    if name == "kpi_id":
        kpi = await lock_row(tx, Kpi, id, field=field, allow_archived=True)
        await ensure_access(tx, GoalCheck(kpi, field, "KPI", named_by="kpi_id"))
        ensure_not_archived(kpi, field, allow_archived)
        return ()
    if name == "initiative_id":
        await lock_initiative(tx, id, field, allow_archived=allow_archived)
        return ()
    goal: Any
    if name == "key_result_id":
        goal, locked = await lock_upward_from(tx, id, (), field=field, allow_archived=allow_archived)
    else:
        locked = await lock_objective(tx, id, (), field=field, allow_archived=allow_archived, alone=True)
        goal = locked.objective
    for each in (goal, locked.objective):
        each.changed_at = max(each.changed_at, tx.now)
    return [locked.objective.id]


def _record(
    tx: Transaction,
    verb: Verb,
    link: Link,
    changes: dict[str, Any],
    objectives: Sequence[UUID],
    requested: Change | None = None,
) -> None:
    """Records a change of a link, which its goal shows and nothing is computed from."""
    tx.record(verb, link, changes, requested=requested, objectives=objectives, settles=False)
