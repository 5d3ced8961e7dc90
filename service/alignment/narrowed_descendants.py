"""Descendants as lists that filters narrow and orders sort: the whole tree is read, and then cut."""

from sqlalchemy import Integer, Text, Uuid, bindparam, column, text

from service.alignment.descendants import edges_sql
from service.objectives.models import Objective
from service.objectives.queries import COLUMNS, ORDERS
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import PARENT_KEY, Listing
from service.reading.statements import visible

_objective = columns_of(Objective)
# The position of an edge, and its id, as texts of the same length that are sorted as they are: a float is sorted by its
# bytes, those of a negative one the other way round.
_STEP = """CASE WHEN e.position < 0
    THEN '0' || translate(encode(float8send(e.position), 'hex'), '0123456789abcdef', 'fedcba9876543210')
    ELSE '1' || encode(float8send(e.position + 0), 'hex') END || e.id"""


def _listing(*, include_archived: bool) -> Listing:
    """All objectives below each parent, down to `:max_depth`; the tree order is that of their paths."""
    tree = (
        text(_tree_sql(include_archived))
        .bindparams(bindparam("organization_id", type_=Uuid))
        .columns(
            *(column(name, Uuid) for name in ("parent_key", "id", "tree_parent_id")),
            column("depth", Integer),
            column("path", Text),
        )
        .subquery("tree")
    )
    return Listing(
        (*COLUMNS, tree.c.tree_parent_id, tree.c.depth),
        tree.join(table_of(Objective), _objective.id == tree.c.id),
        (visible(Objective),),
        {"TREE": tree.c.path, **ORDERS},
        _objective.id,
        tree.c.parent_key,
    )


def _tree_sql(include_archived: bool) -> str:
    return f"""
    WITH RECURSIVE down (id, tree_parent_id, depth, path) AS (
        SELECT {PARENT_KEY}, CAST(NULL AS uuid), 0, CAST('' AS text) COLLATE "C"
        UNION ALL
        SELECT child.id, down.id, down.depth + 1, (down.path || child.step) COLLATE "C"
        FROM down CROSS JOIN LATERAL (
            SELECT e.objective_id AS id, {_STEP} AS step
            FROM {edges_sql(include_archived=include_archived)} AND e.parent_id = down.id OFFSET 0
        ) child
        WHERE down.depth < CAST(:max_depth AS int)
    )
    SELECT {PARENT_KEY} AS parent_key, id, tree_parent_id, depth, path FROM down WHERE depth > 0"""


# Without archived objectives and what is below them, and with these.
LIVE, WITH_ARCHIVED = _listing(include_archived=False), _listing(include_archived=True)
