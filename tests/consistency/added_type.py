"""A type of object that a test adds to a copy of the tree, as CONTRIBUTING says it."""

TYPE_OUTSIDE: dict[str, list[tuple[str, str]]] = {
    "service/all_entities.py": [
        (
            "from service.postgres.tables import columns_of, metadata\n",
            "from service.postgres.tables import columns_of, metadata\nfrom service.risks.entity import RISK\n",
        ),
        ("    CARRY_OVER,\n)", "    CARRY_OVER,\n    RISK,\n)"),
    ],
    "schema/root.py": [
        (
            "from schema.scalars import SCALARS\n",
            "from schema.risks.mutations import RiskMutations\n"
            "from schema.risks.queries import RiskQueries\n"
            "from schema.scalars import SCALARS\n",
        ),
        ("    EventQueries,\n)", "    EventQueries,\n    RiskQueries,\n)"),
        ("    WorkspaceMutations,\n)", "    WorkspaceMutations,\n    RiskMutations,\n)"),
    ],
}

TYPE: dict[str, str] = {
    "service/risks/__init__.py": '"""Risks: what may keep an objective from being achieved."""\n',
    "service/risks/models.py": '''"""The tables of risks and of their history."""

from typing import Any, ClassVar
from uuid import UUID

from sqlmodel import Field

from service.postgres.tables import (
    Changeable,
    Facts,
    Name,
    Revision,
    changeable_keys,
    reference,
    revision_keys,
)


class RiskFacts(Facts):
    title: str = Field(sa_type=Name, min_length=1, max_length=500)
    objective_id: UUID


class Risk(RiskFacts, Changeable, table=True):
    __tablename__: ClassVar[Any] = "risks"
    __table_args__ = (reference("objective_id", "objectives"), *changeable_keys("risks"))


class RiskRevision(RiskFacts, Revision, table=True):
    __tablename__: ClassVar[Any] = "risk_revisions"
    __table_args__ = revision_keys("risk_revisions", "risks")
''',
    "service/risks/queries.py": '''"""Reads of risks."""

from typing import Any

from service.reading.keyset import Listing
from service.reading.reader import of_tenant
from service.reading.statements import columns, select_by
from service.risks.models import Risk

_risk: Any = Risk

RISKS = select_by(Risk)
BY_EXTERNAL_ID = select_by(Risk, "external_id")
ORDERS = {"CREATED_AT": _risk.created_at, "TITLE": _risk.title}
ALL_RISKS = Listing(tuple(columns(Risk)), _risk.__table__, (of_tenant(Risk),), ORDERS, _risk.id)
''',
    "service/risks/commands.py": '''"""Changes to risks."""

from collections.abc import Sequence

from service.errors import Refusal
from service.events.models import Verb
from service.people.permissions import ensure_editor
from service.risks.models import Risk
from service.writing.change import Change
from service.writing.rows import apply_change, changes_of_new, lock_row
from service.writing.transaction import Transaction


class RiskTitleVague(Refusal):
    """A risk says what may happen; {title!r} does not."""

    meaning = "Title <title> of a risk that does not say what may happen. Send one that does."


async def create(tx: Transaction, risks: Sequence[Risk]) -> None:
    """Adds risks. Notes RiskTitleVague."""
    ensure_editor(tx.viewer)
    tx.attempt.note(RiskTitleVague(("title",), title=risk.title) for risk in risks if risk.title == "Something")
    tx.insert(risks)
    for risk in risks:
        tx.record(Verb.CREATED, risk, changes_of_new(risk), objectives=[risk.objective_id], settles=False)


async def change(tx: Transaction, requested: Change) -> None:
    """Changes a risk."""
    ensure_editor(tx.viewer)
    risk = await lock_row(tx, Risk, requested.id)
    if changes := await apply_change(tx, risk, requested):
        tx.record(Verb.UPDATED, risk, changes, requested=requested)
''',
    "service/risks/entity.py": '''"""Declaration of risks."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.entities.entity import Archiving, Entity, Upsert, filters
from service.entities.export import Export
from service.entities.items import IdentifiedItem, Key, Text, ref
from service.people.permissions import ensure_editor
from service.risks import commands, queries
from service.risks.models import Risk


class RiskItem(IdentifiedItem):
    """Risk to create or update: what may keep an objective from being achieved."""

    type: Literal["Risk"] = "Risk"
    REFERENCES: ClassVar[Mapping[str, str]] = {"objective": "Objective"}
    objective: Key = ref("objective that is at risk", ...)
    title: Text = Field(description="Title of the risk: what may happen, 1 to 500 characters.")


RISK = Entity(
    model=Risk,
    by_id=queries.RISKS,
    by_external_id=queries.BY_EXTERNAL_ID,
    listing=queries.ALL_RISKS,
    filters=filters(Risk, "id", "external_id", "title", "objective_id", "created_at"),
    item=RiskItem,
    export=Export(),
    upsert=Upsert(create=commands.create, change=commands.change, create_by="id"),
    archiving=Archiving(ensure_allowed=ensure_editor),
)
''',
    "schema/risks/__init__.py": '''"""Risks, as the schema shows them."""

from datetime import datetime

import strawberry

from schema.descriptions.fields import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION
from schema.execution.fields.relation import to_one
from schema.objectives import Objective
from schema.relay.node import Entity, Node, identity
from service.objectives import queries as objective_queries


@strawberry.type(description="Risk: what may keep an objective from being achieved.")
class Risk(Entity, Node):
    id: strawberry.ID = identity("Risk")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    title: str = strawberry.field(description="Title of the risk: what may happen.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    objective: Objective = to_one(
        objective_queries.OBJECTIVES, key="objective_id", description="Objective that is at risk."
    )
''',
    "schema/risks/queries.py": '''"""Fields of Query that find risks."""

import strawberry

from schema.relay.connections import Connection
from schema.relay.page_arguments import OrderDirection
from schema.relay.lookup import lookup
from schema.relay.root_connections import filter_input, order_input, root_list
from schema.risks import Risk
from service.risks.entity import RISK

RiskFilter = filter_input(RISK, "risks")
RiskOrder = order_input(RISK, "risks", "CREATED_AT", OrderDirection.ASC)


@strawberry.type
class RiskQueries:
    """Fields of Query."""

    risk: Risk | None = lookup(RISK, "Risk")
    risks: Connection[Risk] | None = root_list(RISK, RiskFilter, RiskOrder, "Risks of the organization, in pages.")
''',
    "schema/risks/mutations.py": '''"""Fields of Mutation that change risks."""

from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.mutations.declare import (
    EXPECTED_VERSION,
    EXTERNAL_ID,
    NEW_EXTERNAL_ID,
    OWN_ID,
    REASON,
    Subject,
    archiving,
    creating,
    optional,
    restoring,
    updating,
)
from schema.mutations.inputs import facts
from schema.mutations.user_errors import USER_ERRORS, UserError
from schema.risks import Risk
from service.risks import commands
from service.risks.entity import RISK
from service.risks.models import Risk as RiskRow
from service.writing.rows import new_row
from service.writing.transaction import Transaction

TITLE = "Title of the risk: what may happen, 1 to 500 characters."
OBJECTIVE = "Id of the objective that is at risk."


@strawberry.input(description="Risk to create.")
class RiskCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    title: str = strawberry.field(description=TITLE)
    objective_id: strawberry.ID = strawberry.field(description=OBJECTIVE)


@strawberry.input(description="Changes to a risk. Fields left out stay unchanged.")
class RiskUpdateInput:
    id: strawberry.ID = strawberry.field(description="Id of the risk to change.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(NEW_EXTERNAL_ID)
    title: Maybe[str] = optional(f"{TITLE} Left out: unchanged.")
    objective_id: Maybe[strawberry.ID] = optional(f"{OBJECTIVE} Left out: unchanged.")


@strawberry.type(description="Result of a change to a risk: the risk afterwards, and the reasons if it was refused.")
class RiskPayload:
    risk: Risk | None = strawberry.field(description="Risk after the change; null if there is none.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(RiskPayload, RISK)


async def _risk_create(tx: Transaction, input: RiskCreateInput) -> UUID:
    row = new_row(tx, RiskRow, facts(input, "Risk"))
    await commands.create(tx, [row])
    return row.id


@strawberry.type
class RiskMutations:
    """Fields of Mutation."""

    risk_create: RiskPayload | None = creating(
        SUBJECT, RiskCreateInput, _risk_create, "Creates a risk.", argument="Risk to create: its title and objective."
    )
    risk_update: RiskPayload | None = updating(SUBJECT, RiskUpdateInput, "Changes a risk.")
    risk_archive: RiskPayload | None = archiving(SUBJECT, "risk", "Archives a risk: it leaves the lists.")
    risk_restore: RiskPayload | None = restoring(SUBJECT, "risk", "Restores an archived risk.")
''',
}
