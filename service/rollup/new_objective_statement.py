"""The statement that reads objectives that were just created, as the roll-up takes them."""

from sqlalchemy import text

from service.rollup.cadence_statement import cadence_of
from service.rollup.goal_statement import CHECK_INS, OBJECTIVE, POLICIES, on_one_line

# They have nothing but what they were created with: no check-in, key result, alignment or further revision.
_COLUMNS = {
    **OBJECTIVE,
    **dict.fromkeys(CHECK_INS, "NULL"),
    "active_since": "greatest(o.created_at, y.activated_at)",
    "is_settled": "false",
    "above": "NULL",
}
_SELECTED = ",".join(f"{expression} AS {name}" for name, expression in _COLUMNS.items())
# Rows as those of `GOALS` with the part OBJECTIVE.
NEW_OBJECTIVES = text(
    on_one_line(f"""
    SELECT {_SELECTED}
    FROM objectives o JOIN cycles y ON y.organization_id = :organization_id AND y.id = o.cycle_id{POLICIES}
    {cadence_of("o", "o")}
    WHERE o.organization_id = :organization_id AND o.id = ANY(CAST(:ids AS uuid[]))""")
)
