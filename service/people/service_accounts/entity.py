"""Declaration of service accounts."""

from typing import Literal

from pydantic import Field

from service.entities.entity import Archiving, Entity, Omission, Upsert, filters
from service.entities.export import Export
from service.entities.items import IdentifiedItem, Text
from service.people.permissions import ensure_administrator
from service.people.service_accounts import commands, queries
from service.people.service_accounts.models import ServiceAccount, ServiceAccountRole


class ServiceAccountItem(IdentifiedItem):
    """Service account of the organization to create or update. Its API keys are in no file."""

    type: Literal["ServiceAccount"] = "ServiceAccount"
    name: Text = Field(description="Name of the service account: which system it is; 1 to 200 characters.")
    role: ServiceAccountRole = Field(
        ServiceAccountRole.VIEWER,
        description="Role of the service account, which decides what it may do. Left out of a new one: VIEWER.",
    )


SERVICE_ACCOUNT = Entity(
    model=ServiceAccount,
    by_id=queries.SERVICE_ACCOUNTS,
    by_external_id=queries.BY_EXTERNAL_ID,
    listing=queries.ALL_SERVICE_ACCOUNTS,
    filters=filters(ServiceAccount, "id", "external_id", "name", "role", "created_at", "updated_at"),
    item=ServiceAccountItem,
    export=Export(),
    upsert=Upsert(create=commands.create, change=commands.change),
    archiving=Archiving(ensure_allowed=ensure_administrator),
    omitted=(Omission((), ("history",), "Events tell how it has changed; nothing is computed from it."),),
)
