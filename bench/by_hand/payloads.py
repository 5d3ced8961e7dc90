"""What the mutations by hand read and answer. $1 is the organization, $2 the id of the row that the input names or
that was inserted."""

from bench.documents.statements import live

_STATUS = "o.status_steps[greatest(1, width_bucket(now(), o.status_since))]"
_GOAL = f"""'externalId', o.external_id, 'title', o.title, 'level', o.level, 'progress', o.progress,
    'status', {_STATUS}"""


def _payload(selection: str, rows: str) -> str:
    return f"SELECT json_build_object('payload', json_build_object({selection}, 'userErrors', '[]'::json)) FROM {rows}"


_CHECK_IN = _payload(
    f"""'checkIn', json_build_object('value', c.value, 'note', c.note, 'keyResult', json_build_object(
        'current', k.current, 'progress', k.progress, 'objective', json_build_object({_GOAL})))""",
    """check_ins c JOIN key_results k ON k.organization_id = $1 AND k.id = c.key_result_id
        JOIN objectives o ON o.organization_id = $1 AND o.id = c.objective_id
        WHERE c.organization_id = $1 AND c.id = $2""",
)
_OBJECTIVE = _payload(
    f"'objective', json_build_object({_GOAL}, 'version', o.version)",
    "objectives o WHERE o.organization_id = $1 AND o.id = $2",
)
PAYLOADS = {
    "check-in": _CHECK_IN,
    "check-in-0": _CHECK_IN,
    "check-in-12": _CHECK_IN,
    "update-objective": _OBJECTIVE,
    "create-objective": _OBJECTIVE,
    "align": _payload(
        f"'alignment', json_build_object('weight', a.weight, 'parent', json_build_object({_GOAL}))",
        """alignments a JOIN objectives o ON o.organization_id = $1 AND o.id = a.parent_id
        WHERE a.organization_id = $1 AND a.id = $2""",
    ),
    "move": _payload(
        f"""'objective', json_build_object({_GOAL}, 'parents', (
            SELECT json_agg(json_build_object('externalId', p.external_id) ORDER BY a.is_primary DESC, a.created_at)
            FROM alignments a JOIN objectives p ON {live("p")} AND p.id = a.parent_id
            WHERE {live("a")} AND a.objective_id = o.id))""",
        "objectives o WHERE o.organization_id = $1 AND o.id = $2",
    ),
}
# The row that a change is about is read and locked first, as whoever computes the change has to.
LOCKS = {
    "check-in": "SELECT * FROM key_results WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE",
    "check-in-0": "SELECT * FROM key_results WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE",
    "check-in-12": "SELECT * FROM key_results WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE",
    "update-objective": "SELECT * FROM objectives WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE",
    "create-objective": "SELECT * FROM cycles WHERE organization_id = $1 AND id = $2",
    "align": "SELECT * FROM objectives WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE",
    "move": "SELECT * FROM objectives WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE",
    "record-1000": "SELECT * FROM kpis WHERE organization_id = $1 AND id = ANY($2) FOR NO KEY UPDATE",
}
# The field of the input that names the locked row, and the table of an inserted row that the payload shows.
SUBJECTS = {
    "check-in": ("keyResultId", "check_ins"),
    "check-in-0": ("keyResultId", "check_ins"),
    "check-in-12": ("keyResultId", "check_ins"),
    "update-objective": ("id", None),
    "create-objective": ("cycleId", "objectives"),
    "align": ("objectiveId", "alignments"),
    "move": ("id", None),
}
