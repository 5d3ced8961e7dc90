"""A column and a type of object that a test adds to a copy of the tree, as CONTRIBUTING says it."""

MIGRATION = '''"""Adds what the test of additions adds."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner, protect

revision = "9999_additions"
down_revision = "{newest}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    as_owner()
    for table in ("cycles", "cycle_revisions"):
        op.add_column(table, sa.Column("theme", sa.Text(collation="C")))
    op.execute("""
        CREATE TABLE risks (
            organization_id uuid NOT NULL CONSTRAINT fk_risks_organization_id REFERENCES organizations,
            id uuid NOT NULL,
            external_id text COLLATE "C",
            version int NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            archived_at timestamptz,
            title text COLLATE "C" NOT NULL,
            objective_id uuid NOT NULL,
            PRIMARY KEY (organization_id, id),
            CONSTRAINT uq_risks_organization_id_external_id UNIQUE (organization_id, external_id),
            CONSTRAINT fk_risks_organization_id_objective_id
                FOREIGN KEY (organization_id, objective_id) REFERENCES objectives (organization_id, id)
        )""")
    op.execute("""
        CREATE TABLE risk_revisions (
            organization_id uuid NOT NULL CONSTRAINT fk_risk_revisions_organization_id REFERENCES organizations,
            id uuid NOT NULL,
            subject_id uuid NOT NULL,
            event_id uuid NOT NULL,
            valid_from timestamptz NOT NULL,
            recorded_at timestamptz NOT NULL,
            archived_at timestamptz,
            title text COLLATE "C" NOT NULL,
            objective_id uuid NOT NULL,
            PRIMARY KEY (organization_id, id)
        )""")
    protect("risks")
    protect("risk_revisions", append_only=True)
'''

# For each file: what an edit looks for, and what stands there afterwards.
COLUMN: dict[str, list[tuple[str, str]]] = {
    "service/cycles/models.py": [
        (
            "    parent_id: UUID | None = None\n",
            "    parent_id: UUID | None = None\n"
            "    theme: str | None = Field(default=None, sa_type=Name, max_length=200)\n",
        )
    ],
    "service/cycles/entity.py": [
        ('"parent_id"),\n', '"parent_id", "theme"),\n'),
        (
            "    parent: Key | None = ref(",
            '    theme: Text | None = Field(None, description="Theme of the cycle, at most 200 characters.")\n'
            "    parent: Key | None = ref(",
        ),
    ],
    "schema/cycles/__init__.py": [
        (
            "    version: int = ",
            '    theme: str | None = strawberry.field(description="Theme of the cycle; null if there is none.")\n'
            "    version: int = ",
        )
    ],
    "schema/cycles/mutations.py": [
        (
            '    parent_id: strawberry.ID | None = optional(f"{PARENT} Left out: none.")\n',
            '    parent_id: strawberry.ID | None = optional(f"{PARENT} Left out: none.")\n'
            '    theme: str | None = optional("Theme of the cycle, at most 200 characters. Left out: none.")\n',
        ),
        (
            "    parent_id: Maybe[",
            '    theme: Maybe[str | None] = optional("Theme of the cycle. Left out: unchanged. Null: removed.")\n'
            "    parent_id: Maybe[",
        ),
    ],
}

TYPE_OUTSIDE: dict[str, list[tuple[str, str]]] = {
    "service/all_entities.py": [
        (
            "from service.postgres.tables import metadata\n",
            "from service.postgres.tables import metadata\nfrom service.risks.entity import RISK\n",
        ),
        ("    CHECK_IN,\n)", "    CHECK_IN,\n    RISK,\n)"),
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

# What has to hold in the copy, as a test there.
TEST = '''"""What was added works: inputs, filter, lookup, list, import, export, events, history and refusals."""

from datetime import timedelta
from typing import Any

import pytest

from service.all_entities import BY_NAME
from service.postgres.migrate import check_models
from service.workspace.exporting import export_file
from tests.kit.client import Client
from tests.kit.history import revisions
from tests.house import test_entities
from tests.kit.workspace_files import exported, imported


async def test_the_column(client: Client) -> None:
    cycle = await client.make(
        "cycleCreate", name="2026", kind="YEAR", startsOn="2026-01-01", endsOn="2026-12-31", theme="Grow"
    )
    await client.make("cycleCreate", name="2027", kind="YEAR", startsOn="2027-01-01", endsOn="2027-12-31")
    document = 'query($theme: String) { cycles(filter: {theme: {eq: $theme}}) { nodes { id theme } } }'
    assert (await client.data(document, theme="Grow"))["cycles"]["nodes"] == [{"id": cycle, "theme": "Grow"}]
    await client.make("cycleUpdate", id=cycle, theme="Focus", externalId="c")
    event = "{ events(first: 1) { nodes { changes } } }"
    changes = (await client.data(event))["events"]["nodes"][0]["changes"]
    assert changes["theme"] == {"before": "Grow", "after": "Focus"}
    model = test_entities.revision_model(BY_NAME["Cycle"].model)
    later = client.clock.now + timedelta(days=1)
    assert "Focus" in [row.theme for row in await revisions(client, model, later, later)]
    payload = await client.change("cycleUpdate", {"id": cycle, "theme": "x" * 201}, "cycle { theme }")
    assert [error["code"] for error in payload["userErrors"]] == ["TOO_LONG"]
    [item] = [each for each in await exported(client) if each.get("externalId") == "c"]
    assert item["theme"] == "Focus"
    assert (await imported(client, [item])).outcomes == {"UNCHANGED": 1}
    assert (await imported(client, [item | {"theme": "Less"}])).outcomes == {"UPDATED": 1}
    assert (await client.data(document, theme="Less"))["cycles"]["nodes"] == [{"id": cycle, "theme": "Less"}]


async def test_the_type(client: Client) -> None:
    objective = await client.objective(await client.cycle(), externalId="o")
    arguments = {"objectiveId": objective, "externalId": "r"}
    risk = (await client.change("riskCreate", {"title": "Outage", **arguments}, "risk { id }"))["risk"]["id"]
    refused = await client.change("riskCreate", {"title": "Something", "objectiveId": objective}, "risk { id }")
    assert [(e["code"], e["field"]) for e in refused["userErrors"]] == [("RISK_TITLE_VAGUE", ["input", "title"])]
    updated = await client.change("riskUpdate", {"id": risk, "title": "Long outage"}, "risk { title version }")
    assert updated["risk"] == {"title": "Long outage", "version": 2}
    shown = {"id": risk, "title": "Long outage", "objective": {"id": objective}}
    fields = "{ id title objective { id } }"
    for read in ('risk(externalId: "r")', f'risk(id: "{risk}")'):
        assert (await client.data(f"{{ {read} {fields} }}"))["risk"] == shown
    assert (await client.data(f'{{ node(id: "{risk}") {{ ... on Risk {fields} }} }}'))["node"] == shown
    document = f"query($id: ID) {{ risks(filter: {{objectiveId: {{eq: $id}}}}) {{ totalCount nodes {fields} }} }}"
    assert (await client.data(document, id=objective))["risks"] == {"totalCount": 1, "nodes": [shown]}
    events = (await client.data("{ events { nodes { verb subjectType changes } } }"))["events"]["nodes"]
    of_risk = [event for event in events if event["subjectType"] == "Risk"]
    assert [event["verb"] for event in of_risk] == ["UPDATED", "CREATED"]
    assert of_risk[1]["changes"]["objectiveId"] == {"after": objective}
    later = client.clock.now + timedelta(days=1)
    model = test_entities.revision_model(BY_NAME["Risk"].model)
    assert [row.title for row in await revisions(client, model, later, later)] == ["Long outage"]
    [item] = [each for each in await exported(client) if each["type"] == "Risk"]
    assert item == {"type": "Risk", "externalId": "r", "title": "Long outage", "objective": "o"}
    assert (await imported(client, [item | {"externalId": "s"}])).outcomes == {"CREATED": 1}
    for mutation, count in (("riskArchive", 1), ("riskArchive", 1), ("riskRestore", 2)):
        await client.change(mutation, {"id": risk}, "risk { archivedAt }")
        assert (await client.data(document, id=objective))["risks"]["totalCount"] == count


@pytest.mark.parametrize("name", ["Cycle", "Risk"])
def test_all_facts_are_everywhere(name: str) -> None:
    assert list(test_entities.missing(BY_NAME[name])) == []
'''
