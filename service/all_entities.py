"""All types of objects, each after those that it refers to; the registries of types are derived from this list."""

from collections import defaultdict
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from sqlalchemy import Select, select

import service.share_tokens.models  # noqa: F401
from service.alignment import condition_queries
from service.alignment.entity import ALIGNMENT
from service.audit import queries as audit_queries
from service.audit.models import AuditEvent
from service.carry_overs.entity import CARRY_OVER
from service.check_ins.entity import CHECK_IN
from service.cycles.entity import CYCLE
from service.entities.entity import ANY_TYPE, Entity, filters
from service.events import queries as event_queries
from service.events.models import Event
from service.initiatives.check_ins.entity import INITIATIVE_CHECK_IN
from service.initiatives.entity import INITIATIVE, INITIATIVE_KEY_RESULT
from service.key_results.entity import KEY_RESULT
from service.key_results.kpi_link_entity import KPI_LINK
from service.key_results.milestone_entity import MILESTONE
from service.kpis.entity import KPI
from service.kpis.measurements.entity import MEASUREMENT
from service.kpis.targets.entity import KPI_TARGET
from service.links.entity import LINK
from service.objectives.entity import OBJECTIVE
from service.participants.entity import PARTICIPANT
from service.people.entity import MEMBERSHIP, ORGANIZATION, PERSON, STATUS_POLICY, TEAM
from service.people.service_accounts.entity import SERVICE_ACCOUNT
from service.pillars.entity import PILLAR
from service.postgres.tables import columns_of, metadata
from service.reading.relations import Relation
from service.reading.statements import equals_any, visible
from service.reading.visibility import condition

__all__ = ["BY_NAME", "ENTITIES", "load_concepts", "metadata", "reference_types", "references_of", "seen_ids"]

# Declared here, since events lie below all that records them.
EVENT = Entity(
    model=Event,
    by_id=event_queries.EVENTS,
    listing=event_queries.ALL_EVENTS,
    filters=filters(
        *(Event, "subject_type", "subject_id", "objective_id", "actor_id", "service_account_id", "verb", "recorded_at")
    ),
    loose_references={
        "subject_id": ANY_TYPE,
        "objective_id": "Objective",
        "actor_id": "Person",
        "service_account_id": "ServiceAccount",
    },
)
AUDIT_EVENT = Entity(
    model=AuditEvent,
    by_id=audit_queries.AUDIT_EVENTS,
    is_for_administrators=True,
    listing=audit_queries.ALL_AUDIT_EVENTS,
    filters=filters(
        AuditEvent,
        *("kind", "code", "actor_id", "api_key_id", "subject_type", "subject_id", "client_address", "recorded_at"),
    ),
    loose_references={"subject_id": ANY_TYPE, "actor_id": "Person", "api_key_id": "ApiKey"},
)
# An import brings the items of a file in this order.
ENTITIES = (
    ORGANIZATION,
    EVENT,
    AUDIT_EVENT,
    PERSON,
    SERVICE_ACCOUNT,
    STATUS_POLICY,
    TEAM,
    MEMBERSHIP,
    PILLAR,
    CYCLE,
    KPI,
    KPI_TARGET,
    MEASUREMENT,
    OBJECTIVE,
    KEY_RESULT,
    KPI_LINK,
    MILESTONE,
    ALIGNMENT,
    CHECK_IN,
    INITIATIVE,
    INITIATIVE_KEY_RESULT,
    INITIATIVE_CHECK_IN,
    PARTICIPANT,
    LINK,
    CARRY_OVER,
)
BY_NAME = {entity.name: entity for entity in ENTITIES}
_BY_TABLE = {entity.table.name: entity.name for entity in ENTITIES}


def load_concepts() -> None:
    """Imports every module of the packages in which types are declared, so that all of their refusals are known."""
    for concept in {entity.model.__module__.split(".")[1] for entity in ENTITIES} | {"share_tokens"}:
        package = import_module(f"service.{concept}")
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)


def references_of(entity: Entity) -> dict[str, str]:
    """The columns of a type that refer to other objects, and the names of their types."""
    keys = {key.column_keys[-1]: key.referred_table.name for key in entity.table.foreign_key_constraints}
    own = {column: _BY_TABLE[table] for column, table in sorted(keys.items()) if column != "organization_id"}
    return own | dict(entity.loose_references)


def relations_of(entity: Entity) -> dict[str, str]:
    """The filters of what a type refers to by columns that lists are filtered by, and the names of its types."""
    return {
        column.removesuffix("_id"): type_name
        for column, type_name in references_of(entity).items()
        if column in entity.filters and type_name in BY_NAME and _is_listed_for(BY_NAME[type_name], entity)
    }


def _is_listed_for(referred: Entity, entity: Entity) -> bool:
    return referred.listing is not None and referred.is_for_administrators <= entity.is_for_administrators


# Declared here, since edges lie above objectives.
OBJECTIVE.filters.update(
    has_parents=condition_queries.HAS_PARENTS,
    has_children=condition_queries.HAS_CHILDREN,
    alignment_state=condition_queries.ALIGNMENT_STATE,
)
for _entity in ENTITIES:
    # Once all types are declared: a filter has the filters of what the rows refer to.
    for _name, _type_name in relations_of(_entity).items():
        _referred = BY_NAME[_type_name]
        _entity.filters[_name] = Relation(_entity.table.c[f"{_name}_id"], _referred.table, _referred.filters)


@cache
def reference_types(type_name: str) -> dict[str, str]:
    """The types of the objects that the ids in an input or an event of a type mean, by the names of the ids.

    A name that is no column of the type means what it means in all other types that have it.
    """
    meanings: dict[str, set[str]] = defaultdict(set)
    for entity in ENTITIES:
        for column, referred in references_of(entity).items():
            meanings[column].add(referred)
    common = {column: next(iter(types)) for column, types in meanings.items() if len(types) == 1}
    own = references_of(BY_NAME[type_name]) if type_name in BY_NAME else {}
    return common | {"parent_id": type_name} | own | {"id": type_name}


@cache
def seen_ids(type_name: str) -> Select[Any] | None:
    """The statement of those of `:ids` that the viewer sees; None for a type of which it sees all."""
    if type_name not in BY_NAME or condition(BY_NAME[type_name].table.name, "t") is None:
        return None
    model: Any = BY_NAME[type_name].model
    return select(columns_of(model).id).where(visible(model), equals_any(columns_of(model).id))
