"""The parts of a statement that read what is around objectives: what is stored, and what they serve now."""

SURROUNDINGS = {
    "surroundings": "concat_ws(' ', o.parent_presence, o.active_parent_presence, o.child_presence, o.has_key_results)",
    "above": "CASE WHEN i.is_realigned THEN above.presences END",
}
# What an objective serves, and what of that is ACTIVE. OPEN comes first: it says more.
ABOVE = """
    LEFT JOIN LATERAL (
        SELECT concat_ws(' ', coalesce(min(p.presence), 'NONE'),
            coalesce(min(p.presence) FILTER (WHERE p.lifecycle = 'ACTIVE'), 'NONE')) AS presences
        FROM alignments a CROSS JOIN LATERAL (
            SELECT CASE WHEN visibility = 'ORGANIZATION' THEN 'OPEN' ELSE 'RESTRICTED' END AS presence, lifecycle
            FROM objectives
            WHERE organization_id = :organization_id AND id = a.parent_id AND archived_at IS NULL OFFSET 0
        ) p
        WHERE i.is_realigned
          AND a.organization_id = :organization_id AND a.objective_id = o.id AND a.archived_at IS NULL
    ) above ON true"""
