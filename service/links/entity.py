"""Declaration of links."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.entities.entity import Archiving, Entity, Omission, Upsert, filters
from service.entities.export import LIVE, Export, join
from service.entities.items import Item, Key, Text, ref
from service.links import commands, queries
from service.links.models import WEB, Link
from service.people.permissions import ensure_editor

ONE_OF = "One of `objective`, `keyResult`, `kpi` and `initiative`."


class LinkItem(Item):
    """Link of a goal to work in another system, to create or update; matched by the system and the external id."""

    type: Literal["Link"] = "Link"
    REFERENCES: ClassVar[Mapping[str, str]] = {
        **{"objective": "Objective", "key_result": "KeyResult", "kpi": "Kpi"},
        "initiative": "Initiative",
    }
    IDENTITY: ClassVar[tuple[str, ...]] = ("system", "external_id")
    LOOKED_UP_BY: ClassVar[tuple[str, ...]] = ("objective", "key_result", "kpi", "initiative")
    external_id: Key = Field(
        description="External id of the link: the id of the work in its system, unique among the links with that "
        "system; 1 to 200 characters. Of a link without one, its UUID, as exported."
    )
    objective: Key | None = ref("objective that the link belongs to", more=ONE_OF)
    key_result: Key | None = ref("key result that the link belongs to", more=ONE_OF)
    kpi: Key | None = ref("KPI that the link belongs to", more=ONE_OF)
    initiative: Key | None = ref("initiative that the link belongs to", more=ONE_OF)
    url: Text = Field(description="Address of the work, by https or http; at most 2 000 characters.")
    title: Text = Field(description="Title of the link, as it is shown; 1 to 500 characters.")
    system: Text = Field(
        WEB,
        description="Key of the system that the work is in, such as jira: small letters, digits, points, hyphens and "
        "underscores, at most 50. Left out of a new link: web.",
    )


LINK = Entity(
    model=Link,
    by_id=queries.LINKS,
    listing=queries.ALL_LINKS,
    filters=filters(
        Link,
        *("id", "external_id", "system", "objective_id", "key_result_id", "kpi_id", "initiative_id"),
        *("created_at", "updated_at"),
    ),
    item=LinkItem,
    export=Export(
        where=f"{LIVE} AND objective.archived_at IS NULL AND key_result.archived_at IS NULL "
        "AND o.archived_at IS NULL AND kpi.archived_at IS NULL AND initiative.archived_at IS NULL",
        joins=(join("objectives", "o", "key_result.objective_id"),),
    ),
    upsert=Upsert(
        create=commands.create,
        change=commands.change,
        create_by="id",
        drafting=commands.drafting,
        matching=commands.matching,
    ),
    archiving=Archiving(ensure_allowed=ensure_editor, lock=commands.lock_to_archive),
    omitted=(
        Omission((), ("history",), "Events tell how a link has changed; nothing is computed from it."),
        Omission(
            ("objective_id", "key_result_id", "kpi_id", "initiative_id"), ("update",), "A link stays where it is."
        ),
    ),
)
