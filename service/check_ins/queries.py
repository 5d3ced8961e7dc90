"""Reads of check-ins."""

from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import distinct_on

from service.check_ins.models import CheckIn
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.statements import columns, reached, select_by

_check_in = columns_of(CheckIn)

CHECK_INS = select_by(CheckIn)
BY_EXTERNAL_ID = select_by(CheckIn, "external_id")
# What replaced each of `:ids`.
REPLACEMENTS = select_by(CheckIn, "replaces_id")
_is_valid = _check_in.invalid_since.is_(None)
_newest = (_check_in.at.desc(), _check_in.recorded_at.desc(), _check_in.sequence.desc())
LATEST_OF_KEY_RESULTS = (
    select_by(CheckIn, "key_result_id", named_by=reached)
    .where(_is_valid)
    .ext(distinct_on(_check_in.key_result_id))
    .order_by(_check_in.key_result_id, *_newest)
)
LATEST_OF_OBJECTIVES = (
    select_by(CheckIn, "objective_id", named_by=reached)
    .where(_check_in.key_result_id.is_(None), _is_valid)
    .ext(distinct_on(_check_in.objective_id))
    .order_by(_check_in.objective_id, *_newest)
)
ORDERS = {"AT": _check_in.at}


def _listing(key: Any, *where: Any) -> Listing:
    return Listing(
        tuple(columns(CheckIn)),
        table_of(CheckIn),
        (reached(CheckIn), *where),
        ORDERS,
        _check_in.id,
        key,
        ties=(_check_in.recorded_at, _check_in.sequence),
    )


OF_KEY_RESULTS = _listing(_check_in.key_result_id, _is_valid)
OF_OBJECTIVES = _listing(_check_in.objective_id, _check_in.key_result_id.is_(None), _is_valid)
# With what was replaced, and withdrawals.
HISTORY_OF_KEY_RESULTS = _listing(_check_in.key_result_id)
HISTORY_OF_OBJECTIVES = _listing(_check_in.objective_id, _check_in.key_result_id.is_(None))


def _dated(listing: Listing) -> Listing:
    """Those of a list that are dated from `:since` on and before `:until`."""
    since, until = (bindparam(name, type_=_check_in.at.type) for name in ("since", "until"))
    return listing.with_conditions(_check_in.at >= since, _check_in.at < until)


DATED_OF_KEY_RESULTS, DATED_OF_OBJECTIVES = _dated(OF_KEY_RESULTS), _dated(OF_OBJECTIVES)
