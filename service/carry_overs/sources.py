"""Reads of what is carried over. The graph lock is held, so that nobody else changes any of it meanwhile."""

from sqlalchemy import Uuid, and_, bindparam, select, text

from service.carry_overs.models import CarryOver
from service.cycles.admission import COLUMNS as CYCLE
from service.key_results.kpi_link_models import KpiLink
from service.key_results.models import KeyResult, Milestone
from service.kpis.models import Kpi
from service.objectives.models import Objective
from service.participants.models import Participant
from service.postgres.tables import columns_of, table_of
from service.reading.reader import of_tenant
from service.reading.statements import equals_any

_objective = columns_of(Objective)
_key_result = columns_of(KeyResult)
_milestone = columns_of(Milestone)
_link = columns_of(KpiLink)
_kpi = columns_of(Kpi)
_participant = columns_of(Participant)
_carry_over = columns_of(CarryOver)

OBJECTIVES = select(table_of(Objective)).where(of_tenant(Objective), equals_any(_objective.id))
# What was decided about the objectives and their key results before.
CARRY_OVERS = (
    select(table_of(CarryOver))
    .where(
        of_tenant(CarryOver),
        equals_any(_carry_over.objective_id),
        _carry_over.cycle_id == bindparam("cycle_id", type_=Uuid),
    )
    .order_by(_carry_over.decided_at, _carry_over.id)
)
# Archived ones too: they may be named.
KEY_RESULTS = (
    select(table_of(KeyResult))
    .where(of_tenant(KeyResult), equals_any(_key_result.objective_id))
    .order_by(_key_result.objective_id, _key_result.position, _key_result.id)
)
MILESTONES = (
    select(*(_milestone.key_result_id, _milestone.title, _milestone.weight))
    .where(of_tenant(Milestone), equals_any(_milestone.key_result_id), _milestone.archived_at.is_(None))
    .order_by(_milestone.key_result_id, _milestone.position, _milestone.id)
)
LINKS = (
    select(_link.key_result_id, _link.kpi_id, _link.role)
    .join(Kpi, and_(of_tenant(Kpi), _kpi.id == _link.kpi_id))
    .where(of_tenant(KpiLink), equals_any(_link.key_result_id), _link.archived_at.is_(None), _kpi.archived_at.is_(None))
    .order_by(_link.key_result_id, _link.created_at, _link.id)
)
PARTICIPANTS = (
    select(_participant.objective_id, _participant.person_id, _participant.team_id, _participant.role)
    .where(of_tenant(Participant), equals_any(_participant.objective_id), _participant.ended_at.is_(None))
    .order_by(_participant.objective_id, _participant.id)
)
# The alignments of carried objectives, the primary one first: with the successors of both ends, null for those that
# have none, and with the cycle of the parent or, if that was carried over, of its successor. OFFSET 0: rows are looked
# up one by one, since the planner does not know of those that the transaction has added.
ALIGNMENTS = text(f"""
    SELECT a.*, own.successor_id, above.successor_id AS successor_parent_id,
           measured.successor_key_result_id AS successor_parent_key_result_id,
           coalesce(measured.is_live, false) AS is_successor_key_result_live,
           parent.is_live AS is_parent_live, coalesce(key_result.is_live, false) AS is_key_result_live,
           {", ".join(f"parent.cycle_{name}" for name in CYCLE)}
    FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS start (id, place)
    CROSS JOIN LATERAL (
        SELECT c.successor_id FROM carry_overs c
        WHERE c.organization_id = :organization_id AND c.objective_id = start.id AND c.key_result_id IS NULL
          AND c.cycle_id = :cycle_id OFFSET 0
    ) own
    CROSS JOIN LATERAL (
        SELECT a.objective_id, a.parent_id, a.parent_key_result_id, a.kind, a.weight, a.is_primary, a.created_at, a.id
        FROM alignments a
        WHERE a.organization_id = :organization_id AND a.objective_id = start.id AND a.archived_at IS NULL OFFSET 0
    ) a
    LEFT JOIN LATERAL (
        SELECT c.successor_id FROM carry_overs c
        WHERE c.organization_id = :organization_id AND c.objective_id = a.parent_id AND c.key_result_id IS NULL
          AND c.cycle_id = :cycle_id OFFSET 0
    ) above ON true
    CROSS JOIN LATERAL (
        SELECT p.archived_at IS NULL AS is_live, {", ".join(f"y.{name} AS cycle_{name}" for name in CYCLE)}
        FROM objectives p JOIN cycles y ON y.organization_id = :organization_id AND y.id = p.cycle_id
        WHERE p.organization_id = :organization_id AND p.id = coalesce(above.successor_id, a.parent_id)
        OFFSET 0
    ) parent
    LEFT JOIN LATERAL (
        SELECT k.archived_at IS NULL AS is_live FROM key_results k
        WHERE k.organization_id = :organization_id AND k.id = a.parent_key_result_id OFFSET 0
    ) key_result ON true
    LEFT JOIN LATERAL (
        SELECT c.successor_key_result_id, k.archived_at IS NULL AS is_live
        FROM carry_overs c
        JOIN key_results k ON k.organization_id = :organization_id AND k.id = c.successor_key_result_id
        WHERE c.organization_id = :organization_id AND c.key_result_id = a.parent_key_result_id
          AND c.cycle_id = :cycle_id OFFSET 0
    ) measured ON true
    ORDER BY start.place, a.is_primary DESC, a.created_at, a.id""")
