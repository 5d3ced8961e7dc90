"""Reads of check-ins on initiatives."""

from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import distinct_on

from service.initiatives.check_ins.models import InitiativeCheckIn
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.statements import columns, reached, select_by

_check_in = columns_of(InitiativeCheckIn)

CHECK_INS = select_by(InitiativeCheckIn)
BY_EXTERNAL_ID = select_by(InitiativeCheckIn, "external_id")
# What replaced each of `:ids`.
REPLACEMENTS = select_by(InitiativeCheckIn, "replaces_id")
_is_valid = _check_in.invalid_since.is_(None)
LATEST = (
    select_by(InitiativeCheckIn, "initiative_id", named_by=reached)
    .where(_is_valid)
    .ext(distinct_on(_check_in.initiative_id))
    .order_by(_check_in.initiative_id, _check_in.at.desc(), _check_in.recorded_at.desc(), _check_in.sequence.desc())
)


ORDERS = {"AT": _check_in.at}


def _listing(*where: Any) -> Listing:
    return Listing(
        tuple(columns(InitiativeCheckIn)),
        table_of(InitiativeCheckIn),
        (reached(InitiativeCheckIn), *where),
        ORDERS,
        _check_in.id,
        _check_in.initiative_id,
        ties=(_check_in.recorded_at, _check_in.sequence),
    )


OF_INITIATIVES = _listing(_is_valid)
# With what was replaced, and withdrawals.
HISTORY = _listing()
_since, _until = (bindparam(name, type_=_check_in.at.type) for name in ("since", "until"))
DATED = OF_INITIATIVES.with_conditions(_check_in.at >= _since, _check_in.at < _until)
