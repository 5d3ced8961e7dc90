"""The queries in the form of each server: one objective with its relations, and a tree of three levels."""

RESULTS = "keyResults { externalId title target current progress }"
OWNER = "owner { externalId name }"
OBJECTIVE = f"externalId title level progress {OWNER} {RESULTS}"

SMALL = f"""{{ objective(externalId: "objective-25") {{ {OBJECTIVE} children(first: 100) {{ nodes {{
    externalId title progress }} }} }} }}"""
TREE = f"""{{ objectives(first: 20, filter: {{level: {{eq: COMPANY}}}}) {{ nodes {{ {OBJECTIVE}
    children(first: 100) {{ nodes {{ {OBJECTIVE}
    children(first: 100) {{ nodes {{ {OBJECTIVE} }} }} }} }} }} }} }}"""
OURS = {"small": SMALL, "tree": TREE}

PEER_RESULTS = """keyResults: keyResultsByOrganizationIdAndObjectiveIdList(orderBy: POSITION_ASC) {
    externalId title target current progress }"""
PEER_OWNER = "owner: personByOrganizationIdAndOwnerId { externalId name }"
PEER_OBJECTIVE = f"externalId title level progress {PEER_OWNER} {PEER_RESULTS}"


def peer_children(selection: str) -> str:
    """The children of an objective in PostGraphile, by way of the alignments."""
    return f"""children: alignmentsByOrganizationIdAndParentIdList(orderBy: POSITION_ASC) {{
        child: objectiveByOrganizationIdAndObjectiveId {{ {selection} }} }}"""


PEER = {
    "small": f"""{{ objectives: allObjectivesList(condition: {{externalId: "objective-25"}}) {{
        {PEER_OBJECTIVE} {peer_children("externalId title progress")} }} }}""",
    "tree": f"""{{ objectives: allObjectivesList(condition: {{level: "COMPANY"}}, orderBy: POSITION_ASC) {{
        {PEER_OBJECTIVE} {peer_children(f"{PEER_OBJECTIVE} {peer_children(PEER_OBJECTIVE)}")} }} }}""",
}

JSON_RESULTS = """(SELECT coalesce(json_agg(json_build_object('externalId', k.external_id, 'title', k.title,
    'target', k.target, 'current', k.current, 'progress', k.progress) ORDER BY k.position, k.id), '[]')
    FROM key_results k WHERE k.organization_id = $1 AND k.objective_id = {o}.id AND k.archived_at IS NULL)"""
JSON_OWNER = """(SELECT json_build_object('externalId', p.external_id, 'name', p.name) FROM people p
    WHERE p.organization_id = $1 AND p.id = {o}.owner_id)"""
JSON_OBJECTIVE = f"""'externalId', {{o}}.external_id, 'title', {{o}}.title, 'level', {{o}}.level, 'progress',
    {{o}}.progress, 'owner', {JSON_OWNER}, 'keyResults', {JSON_RESULTS}"""


def json_children(parent: str, child: str, selection: str) -> str:
    """A subquery with the children of an objective as JSON."""
    return f"""(SELECT coalesce(json_agg(json_build_object({selection}) ORDER BY a.position, {child}.id), '[]')
        FROM alignments a JOIN objectives {child} ON {child}.organization_id = $1 AND {child}.id = a.objective_id
        WHERE a.organization_id = $1 AND a.parent_id = {parent}.id AND {child}.archived_at IS NULL)"""


def json_statement(selection: str, where: str) -> str:
    """One statement that answers with the JSON."""
    return f"""SELECT coalesce(json_agg(json_build_object({selection}) ORDER BY o.position, o.id), '[]')
        FROM objectives o WHERE o.organization_id = $1 AND o.archived_at IS NULL AND {where}"""


THIRD = JSON_OBJECTIVE.format(o="o3")
SECOND = f"{JSON_OBJECTIVE.format(o='o2')}, 'children', {json_children('o2', 'o3', THIRD)}"
FIRST = f"{JSON_OBJECTIVE.format(o='o')}, 'children', {json_children('o', 'o2', SECOND)}"
MINIMAL_FIELDS = "'externalId', c.external_id, 'title', c.title, 'progress', c.progress"
STATEMENTS = {
    "small": json_statement(
        f"{JSON_OBJECTIVE.format(o='o')}, 'children', {json_children('o', 'c', MINIMAL_FIELDS)}",
        "o.external_id = 'objective-25'",
    ),
    "tree": json_statement(FIRST, "o.level = 'COMPANY'"),
}


def normalize(answer: object) -> object:
    """A response without differences between servers, such as list wrappers and the form of numbers."""
    if isinstance(answer, dict):
        if answer.keys() == {"nodes"} or answer.keys() == {"child"} or answer.keys() == {"data"}:
            return normalize(next(iter(answer.values())))
        if answer.keys() & {"objective", "objectives"}:
            normalized = normalize(next(iter(answer.values())))
            return normalized if isinstance(normalized, list) else [normalized]
        return {
            key: parse_number(value) if key in ("target", "current") else normalize(value)
            for key, value in answer.items()
        }
    return [normalize(each) for each in answer] if isinstance(answer, list) else answer


def parse_number(value: object) -> float | None:
    """A number in any form as a float."""
    return None if value is None else float(str(value))
