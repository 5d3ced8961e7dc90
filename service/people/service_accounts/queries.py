"""Reads of service accounts."""

from service.people.service_accounts.models import ServiceAccount
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.statements import columns, select_by, visible

_account = columns_of(ServiceAccount)

SERVICE_ACCOUNTS = select_by(ServiceAccount)
BY_EXTERNAL_ID = select_by(ServiceAccount, "external_id")
ORDERS = {"CREATED_AT": _account.created_at, "UPDATED_AT": _account.updated_at, "NAME": _account.name}
ALL_SERVICE_ACCOUNTS = Listing(
    tuple(columns(ServiceAccount)), table_of(ServiceAccount), (visible(ServiceAccount),), ORDERS, _account.id
)
