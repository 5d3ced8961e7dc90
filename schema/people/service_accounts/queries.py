"""Fields of Query that find service accounts."""

import strawberry

from schema.people.service_accounts import ServiceAccount
from schema.relay.connections import Connection
from schema.relay.lookup import lookup, lookup_many
from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import filter_input, order_input, root_list
from service.people.service_accounts.entity import SERVICE_ACCOUNT

ServiceAccountFilter = filter_input(SERVICE_ACCOUNT, "service accounts")
ServiceAccountOrder = order_input(SERVICE_ACCOUNT, "service accounts", "NAME", OrderDirection.ASC)


@strawberry.type
class ServiceAccountQueries:
    """Fields of Query."""

    service_account: ServiceAccount | None = lookup(SERVICE_ACCOUNT, "Service account")
    service_accounts_by_external_ids: list[ServiceAccount | None] | None = lookup_many(
        SERVICE_ACCOUNT, "Service accounts"
    )
    service_accounts: Connection[ServiceAccount] | None = root_list(
        SERVICE_ACCOUNT,
        ServiceAccountFilter,
        ServiceAccountOrder,
        "Service accounts of the organization, a page at a time.",
    )
