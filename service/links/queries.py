"""Reads of links."""

from sqlalchemy import Text, bindparam

from service.links.models import Link
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.statements import columns, reached, select_active_by, select_by, visible

_link = columns_of(Link)

LINKS = select_by(Link)
# Those with one of `:ids` in one `:system`.
BY_EXTERNAL_ID = select_by(Link, "external_id").where(_link.system == bindparam("system", type_=Text))
ORDERS = {"CREATED_AT": _link.created_at, "UPDATED_AT": _link.updated_at}
ALL_LINKS = Listing(tuple(columns(Link)), table_of(Link), (visible(Link),), ORDERS, _link.id)
OF_OBJECTIVES, OF_KEY_RESULTS, OF_KPIS, OF_INITIATIVES = (
    select_active_by(Link, column, "created_at", named_by=reached)
    for column in ("objective_id", "key_result_id", "kpi_id", "initiative_id")
)
