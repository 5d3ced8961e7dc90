"""Every fact of a type is in its type of the schema, its inputs, its item, its export and its history, or is named as
left out; each omission is found."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from schema.root import schema
from service.all_entities import ENTITIES
from service.cycles.entity import CYCLE, CycleItem
from service.entities.entity import Entity, Omission
from service.pillars.entity import PILLAR
from service.values.names import to_camel_case
from service.writing.revisions import revision_model
from service.writing.rows import facts_of
from service.writing.texts import text_limits

TYPES: Mapping[str, Any] = schema._schema.type_map
# Inputs that have other names than those of most types.
CREATE_INPUTS = {
    "Alignment": ("ObjectiveAlignInput",),
    "CheckIn": ("KeyResultCheckInInput", "ObjectiveCheckInInput", "CheckInCorrectInput"),
    "InitiativeCheckIn": ("InitiativeCheckInRecordInput", "InitiativeCheckInCorrectInput"),
    "KpiLink": ("KeyResultLinkKpiInput",),
    "Membership": ("TeamJoinInput",),
    "Participant": ("ParticipantAddInput",),
}
# They are parsed, have a pattern, or are some that there are.
CHECKED_OTHERWISE = ("color", "currency", "formula", "locale", "system", "time_zone")
# Types of which nobody sets facts by inputs of their own: an organization has a policy, and a change of it makes a
# version; events and audit events are recorded, and measurements are recorded by a KPI and a day.
# An initiative serves a key result or not.
WITHOUT_FACTS = {"Organization", "StatusPolicy", "Event", "AuditEvent", "Measurement", "InitiativeKeyResult"}
DECLARED = [entity for entity in ENTITIES if facts_of(entity.model)]


def fields_of(*names: str) -> set[str]:
    return {field for name in names if name in TYPES for field in TYPES[name].fields}


def faces(entity: Entity) -> dict[str, set[str]]:
    """The names in each face of a type, as the schema writes them."""
    item = {field.alias or name for name, field in entity.item.model_fields.items()} if entity.item else set()
    history = revision_model(entity.model)
    return {
        "type": fields_of(entity.name),
        "create": fields_of(*CREATE_INPUTS.get(entity.name, (f"{entity.name}CreateInput",))),
        "update": fields_of(f"{entity.name}UpdateInput"),
        "item": item,
        # An external id says nothing of what a row was; only the present one is looked up.
        "history": {to_camel_case(name) for name in ("external_id", *(history.model_fields if history else ()))},
    }


def missing(entity: Entity) -> Iterator[str]:
    """The facts that are in a face neither by their own name nor, of a reference, by that of what it refers to."""
    for face, names in faces(entity).items():
        for fact in facts_of(entity.model):
            is_there = {to_camel_case(fact), to_camel_case(fact.removesuffix("_id"))} & names
            is_omitted = any(face in each.faces and fact in (each.facts or [fact]) for each in entity.omitted)
            if not is_there and not is_omitted:
                yield f"{entity.name}.{fact}: {face}"


def unexported(entity: Entity) -> Iterator[str]:
    """The fields of an item that are neither a column, nor a reference with its foreign key, nor an expression."""
    assert entity.item is not None
    assert entity.export is not None
    keys = {key.column_keys[-1] for key in entity.table.foreign_key_constraints}
    for name in entity.item.model_fields.keys() - {"type", *entity.export.expressions}:
        if name not in entity.table.c and not (name in entity.item.REFERENCES and f"{name}_id" in keys):
            yield name


def stale(entity: Entity) -> Iterator[str]:
    """The omissions of facts that are there."""
    for omission in entity.omitted:
        for face in omission.faces:
            names = faces(entity)[face] - {"externalId"}
            if names & {to_camel_case(fact) for fact in omission.facts or facts_of(entity.model)}:
                yield f"{entity.name}: {omission}"


def test_all_other_types_have_facts() -> None:
    assert {entity.name for entity in ENTITIES} - {entity.name for entity in DECLARED} == WITHOUT_FACTS


@pytest.mark.parametrize("entity", DECLARED, ids=lambda entity: entity.name)
def test_every_fact_is_everywhere_or_named_as_left_out(entity: Entity) -> None:
    assert list(missing(entity)) == []
    assert list(stale(entity)) == []


@pytest.mark.parametrize("entity", DECLARED, ids=lambda entity: entity.name)
def test_every_field_of_an_item_is_exported(entity: Entity) -> None:
    assert entity.item is not None
    assert entity.export is not None
    assert list(unexported(entity)) == []

    class Inventive(entity.item):  # type: ignore[name-defined, misc]
        invented: str | None = None

    assert list(unexported(replace(entity, item=Inventive))) == ["invented"]


@pytest.mark.parametrize("entity", DECLARED, ids=lambda entity: entity.name)
def test_every_text_that_people_set_has_a_limit(entity: Entity) -> None:
    texts = [name for name in facts_of(entity.model) if entity.model.model_fields[name].annotation in (str, str | None)]
    assert [name for name in texts if name not in text_limits() and name not in CHECKED_OTHERWISE] == []


def test_what_is_left_out_is_found() -> None:
    class Forgetful(CycleItem):
        pass

    del Forgetful.model_fields["state"]
    assert list(missing(replace(CYCLE, item=Forgetful))) == ["Cycle.state: item"]
    assert next(missing(replace(CYCLE, omitted=CYCLE.omitted[1:]))) == "Cycle.starts_at: create"
    assert next(missing(replace(PILLAR, omitted=()))) == "Pillar.name: history"
    needless = Omission(("name",), ("update",), "Names stay.")
    assert list(stale(replace(PILLAR, omitted=(needless,)))) == [f"Pillar: {needless}"]
