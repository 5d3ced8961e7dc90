"""Changes to alignments. They need the goal graph for themselves: open the transaction `exclusive`."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from service.alignment.edge_request import AlignmentRequest, should_be_primary
from service.alignment.locked_ends import LockedEnds, lock_ends, parent_field, parent_of
from service.alignment.models import Alignment, AlignmentKind
from service.alignment.paths import AlignmentLoop
from service.cycles.admission import GoalCycle, check_cycle, load_cycles
from service.cycles.states import CycleAction
from service.errors import Refusal, Refusals
from service.events.creation import were_created_from
from service.events.models import Verb
from service.key_results.models import KeyResult
from service.objectives.locking import CYCLE_COLUMNS, JOIN_CYCLE, cycle_in, prefixed, without_prefix
from service.objectives.models import Objective
from service.people.goal_access import GoalCheck, NotEditable, ensure_seen, find_refusals
from service.people.permissions import ensure_editor
from service.postgres.tables import columns_of, table_of
from service.reading.reader import of_tenant
from service.reading.statements import equals_any
from service.values.weights import check_weight
from service.writing.attempt import Attempt
from service.writing.change import Change
from service.writing.constraints import Taken
from service.writing.refusals import Archived, NotFound
from service.writing.reorder import move
from service.writing.rows import apply_change, archive, changes_of_new, ensure_not_archived, new_row, restore
from service.writing.texts import check_texts
from service.writing.transaction import Transaction
from service.writing.yielding import let_others

Done = tuple[Alignment, Verb | None]
# The edge is locked. A row for each of its ends has the cycle of that.
LOCK_EDGE = text(f"""
    WITH edge AS MATERIALIZED (
        SELECT a.* FROM alignments a WHERE a.organization_id = :organization_id AND a.id = :id FOR NO KEY UPDATE
    )
    SELECT {prefixed(Alignment, "e", "edge_")}, {CYCLE_COLUMNS}
    FROM edge e
    JOIN objectives l ON l.organization_id = :organization_id AND l.id IN (e.objective_id, e.parent_id)
    {JOIN_CYCLE}""")
EDGES = select(table_of(Alignment)).where(of_tenant(Alignment), equals_any(columns_of(Alignment).objective_id))


async def align(
    tx: Transaction, request: AlignmentRequest, *, like: Alignment | None = None, reason: str | None = None
) -> UUID:
    """Makes an edge, or changes an existing one to what is requested; its id. Raises AlignmentLoop.

    A new edge has kind and weight of the one that it is `like`.
    """
    if tx.created_from and await were_created_from(tx, [tx.created_from]):
        # Sent again: what was changed since is not brought back to what it was.
        return tx.created_from.id
    tx.attempt.note(check_texts({"external_id": request.external_id}))
    tx.attempt.note(check_weight(request.weight or 0))
    return await align_locked(tx, request, await lock_ends(tx, request), like, reason)


async def align_locked(
    tx: Transaction,
    request: AlignmentRequest,
    ends: LockedEnds,
    like: Alignment | None = None,
    reason: str | None = None,
) -> UUID:
    """As `align`, with ends that are locked already."""
    has_loop = ends.has_loop()
    done = await _aligned(tx, request, ends.parent, ends.objective, ends.edges, like, reason)
    if isinstance(done, Refusal):
        raise done
    if has_loop:
        raise AlignmentLoop((parent_field(request),))
    ends.settle_parents(tx)
    return done[0].id


async def align_many(
    tx: Transaction, requests: Sequence[AlignmentRequest], *, like: Alignment | None = None, reason: str | None = None
) -> list[Done | Refusal]:
    """The edge of each request and what was done to it, or why not, also because of the state of a cycle; an edge that
    is so already is left untouched.

    Loops are not looked for: settling finds them when there are many requests.
    """
    ensure_editor(tx.viewer)
    parents, served = await _parents(tx, requests)
    children = dict.fromkeys(request.objective_id for request in requests)
    objectives = dict(zip(children, await tx.lock(Objective, children), strict=True))
    closed = await _check_cycles(tx, [*objectives.values(), *served])
    edges: dict[UUID, list[Alignment]] = defaultdict(list)
    for edge in await _edges(tx, list(children)):
        edges[edge.objective_id].append(edge)
    done: list[Done | Refusal] = []
    for request, parent in zip(requests, parents, strict=True):
        id = request.objective_id
        forbidden = closed.get(id) or (None if isinstance(parent, Refusal) else closed.get(parent))
        done.append(await _aligned(tx, request, parent, objectives[id], edges[id], like, reason, forbidden))
        await let_others(len(done))
    return done


async def change(tx: Transaction, requested: Change) -> None:
    """Changes kind, weight or primacy of an edge."""
    ensure_editor(tx.viewer)
    edge, cycles = await _lock_edge(tx, requested.id)
    tx.attempt.note(check_weight(requested.values.get("weight", edge.weight)))
    if requested.values.get("is_primary") and not edge.is_primary:
        await _give_way(tx, [e for e in await _edges(tx, [edge.objective_id]) if e.archived_at is None])
    changes = await apply_change(tx, edge, requested)
    if changes:
        _check_ends(tx, cycles)
        tx.record(Verb.UPDATED, edge, changes, requested=requested, objectives=_ends(edge))


async def unalign(tx: Transaction, id: UUID, reason: str | None = None) -> None:
    """Takes an edge away; the oldest other parent becomes primary when the primary one goes."""
    ensure_editor(tx.viewer)
    edge, cycles = await _lock_edge(tx, id, allow_archived=True)
    was_primary = edge.is_primary
    if not end(tx, edge, reason):
        return
    _check_ends(tx, cycles)
    await tx.flush()
    heirs = [e for e in await _edges(tx, [edge.objective_id]) if e.archived_at is None] if was_primary else []
    if heirs:
        heir = min(heirs, key=lambda e: (e.created_at, e.id))
        changes = await apply_change(tx, heir, Change(heir.id, {"is_primary": True}))
        tx.record(Verb.UPDATED, heir, changes, objectives=_ends(heir))


def end(tx: Transaction, edge: Alignment, reason: str | None = None) -> bool:
    """Takes an edge away and makes no other one primary; False when it is gone already. An existing edge may become
    primary after the next flush."""
    was_primary = edge.is_primary
    if not archive(tx, edge):
        return False
    edge.is_primary = False
    changes = {"is_primary": {"before": True, "after": False}} if was_primary else {}
    tx.record(Verb.UNALIGNED, edge, changes, reason=reason, objectives=_ends(edge))
    return True


async def reorder(tx: Transaction, id: UUID, after: UUID | None) -> None:
    """Puts an edge right after another one of the same parent, or first: the order of children."""
    ensure_editor(tx.viewer)
    edge, cycles = await _lock_edge(tx, id)
    _check_ends(tx, cycles)
    await ensure_seen(tx, Alignment, afterId=after)
    await move(
        tx,
        edge,
        "parent_id",
        after,
        lambda row, changes: tx.record(Verb.REORDERED, row, changes, objectives=_ends(row)),
    )


async def _lock_edge(tx: Transaction, id: UUID, *, allow_archived: bool = False) -> tuple[Alignment, list[GoalCycle]]:
    """An edge to change, by whoever may edit one of its ends, and the cycles of these. Raises Forbidden, NotFound,
    NotEditable and Archived."""
    ensure_editor(tx.viewer)
    rows = await tx.rows(LOCK_EDGE, id=id)
    if not rows:
        raise NotFound(("id",), thing="alignment")
    [edge] = tx.adopt(Alignment, [without_prefix(rows[0], Alignment, "edge_")])
    if not tx.viewer.sees_all:
        await ensure_seen(tx, Alignment, id=id)
        ends = await tx.lock(Objective, _ends(edge), update=False)
        refusals = await find_refusals(tx, [GoalCheck(each, "id") for each in ends if each is not None])
        if None not in refusals:
            raise NotEditable(("id",), thing="alignment")
    ensure_not_archived(edge, allow_archived=allow_archived)
    return edge, list(filter(None, map(cycle_in, rows)))


def _check_ends(tx: Transaction, cycles: Iterable[GoalCycle]) -> None:
    """Notes CycleStateForbids for each cycle of the ends of an edge that lets nobody change it."""
    for cycle in cycles:
        tx.attempt.note(check_cycle(tx, cycle, CycleAction.EDIT, "id"))


async def _aligned(
    tx: Transaction,
    request: AlignmentRequest,
    parent: UUID | Refusal,
    objective: Objective | None,
    edges: list[Alignment],
    like: Alignment | None,
    reason: str | None,
    forbidden: Refusal | None = None,
) -> Done | Refusal:
    """`forbidden` is why nothing may change, if it may not."""
    if objective is None:
        return NotFound(("objectiveId",), thing="objective")
    if objective.archived_at is not None:
        return Archived(("objectiveId",), thing="objective")
    if isinstance(parent, Refusal):
        return parent
    if parent == objective.id:
        return AlignmentLoop((parent_field(request),))
    parents = [e for e in edges if (e.parent_id, e.parent_key_result_id) == (parent, request.parent_key_result_id)]
    others = [e for e in edges if e.archived_at is None and e not in parents]
    old = parents[0] if parents else None
    # An edge that was taken away is made again like the one that it replaces.
    model = like if like and (old is None or old.archived_at is not None) else old
    values: dict[str, Any] = {
        "kind": request.kind or (model.kind if model else AlignmentKind.CONTRIBUTES),
        "weight": request.weight if request.weight is not None else model.weight if model else 1.0,
        "is_primary": should_be_primary(request, parents, others),
    }
    is_same = old is not None and old.archived_at is None and all(getattr(old, n) == v for n, v in values.items())
    if forbidden is not None and not is_same:
        return forbidden
    attempt = Attempt(list(check_weight(values["weight"])))
    with attempt.noting():
        await _ensure_free(tx, request, old)
    if attempt.refusals:
        return Refusals(attempt.refusals)
    if values["is_primary"]:
        await _give_way(tx, others)
    if parents:
        if request.external_id is not None:
            values["external_id"] = request.external_id
        return await _brought_to(tx, parents[0], values, reason)
    ends = {"objective_id": objective.id, "parent_id": parent, "parent_key_result_id": request.parent_key_result_id}
    edge = new_row(tx, Alignment, {"id": request.id, "external_id": request.external_id, **ends, **values})
    tx.insert([edge])
    edges.append(edge)
    tx.record(Verb.ALIGNED, edge, changes_of_new(edge), reason=reason, objectives=_ends(edge))
    return edge, Verb.ALIGNED


async def _ensure_free(tx: Transaction, request: AlignmentRequest, old: Alignment | None) -> None:
    """Raises Taken when another edge has the requested external id."""
    if request.external_id is None or (old is not None and old.external_id == request.external_id):
        return
    table = columns_of(Alignment)
    is_same = (table.organization_id == tx.organization_id) & (table.external_id == request.external_id)
    if await tx.rows(select(table.id).where(is_same)):
        raise Taken(("externalId",), name="externalId")


async def _brought_to(tx: Transaction, edge: Alignment, values: dict[str, Any], reason: str | None) -> Done:
    back = restore(tx, edge)
    changes = await apply_change(tx, edge, Change(edge.id, values))
    if not back and not changes:
        return edge, None
    verb = Verb.ALIGNED if back else Verb.UPDATED
    tx.record(verb, edge, changes, reason=reason, objectives=_ends(edge))
    return edge, verb


async def _parents(
    tx: Transaction, requests: Sequence[AlignmentRequest]
) -> tuple[list[UUID | Refusal], Collection[Objective]]:
    """The objective that each request serves, by itself or by way of its key result; neither may be archived. Also
    the rows of these objectives."""
    key_result_ids = [request.parent_key_result_id for request in requests if request.parent_key_result_id]
    key_results = {row.id: row for row in await tx.lock(KeyResult, key_result_ids) if row} if key_result_ids else {}
    directly_served = [request.parent_id for request in requests if not request.parent_key_result_id]
    objective_ids = [id for id in directly_served if id]
    objective_ids += [row.objective_id for row in key_results.values()]
    objectives = {row.id: row for row in await tx.lock(Objective, objective_ids) if row} if objective_ids else {}
    return [parent_of(request, key_results, objectives) for request in requests], objectives.values()


async def _check_cycles(tx: Transaction, objectives: Iterable[Objective | None]) -> dict[UUID, Refusal]:
    """The refusals of the objectives whose cycle lets nobody change them."""
    present = [each for each in objectives if each is not None]
    cycles = await load_cycles(tx, {each.cycle_id for each in present})
    refusals = {id: next(check_cycle(tx, cycle, CycleAction.EDIT), None) for id, cycle in cycles.items()}
    return {each.id: refusal for each in present if (refusal := refusals[each.cycle_id]) is not None}


def _ends(edge: Alignment) -> list[UUID]:
    """The objectives that an edge counts in."""
    return [edge.objective_id, edge.parent_id]


async def _edges(tx: Transaction, objective_ids: Sequence[UUID]) -> list[Alignment]:
    return await tx.lock_rows(Alignment, EDGES, ids=list(objective_ids))


async def _give_way(tx: Transaction, edges: list[Alignment]) -> None:
    """One parent is primary at a time; the others give way first, since an index holds to it."""
    gave_way = False
    for edge in edges:
        changes = await apply_change(tx, edge, Change(edge.id, {"is_primary": False}))
        if changes:
            gave_way = True
            tx.record(Verb.UPDATED, edge, changes, objectives=_ends(edge))
    if gave_way:
        await tx.flush()
