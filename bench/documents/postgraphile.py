"""`small` and `tree` in the schema that PostGraphile derives from the tables, and its answers in the form of ours."""

from bench.documents.document import Json

# Archived rows are not in our lists; conditions and tie-breakers are those of our statements.
LIVE = "condition: {archivedAt: null}"
BY_POSITION = "orderBy: [POSITION_ASC, PRIMARY_KEY_ASC]"
RESULTS = f"""keyResults: keyResultsByOrganizationIdAndObjectiveIdList({LIVE}, {BY_POSITION}) {{
    externalId title target current progress }}"""
OWNER = "owner: personByOrganizationIdAndOwnerId { externalId name }"
OBJECTIVE = f"externalId title level progress {OWNER} {RESULTS}"


def children(selection: str) -> str:
    """The children of an objective, by way of the alignments."""
    order = "orderBy: [POSITION_ASC, OBJECTIVE_ID_ASC]"
    return f"""children: alignmentsByOrganizationIdAndParentIdList({LIVE}, {order}, first: 100) {{
        child: objectiveByOrganizationIdAndObjectiveId {{ {selection} }} }}"""


DOCUMENTS = {
    "small": f"""{{ objective: allObjectivesList(condition: {{externalId: "objective-25"}}, first: 1) {{
        {OBJECTIVE} {children("externalId title progress")} }} }}""",
    "tree": f"""{{ objectives: allObjectivesList(condition: {{level: "COMPANY", archivedAt: null}}, first: 20,
        {BY_POSITION}) {{
        {OBJECTIVE} {children(f"{OBJECTIVE} {children(OBJECTIVE)}")} }} }}""",
}


def in_our_form(data: Json) -> Json:
    """Its answer with the wrappers of our lists, of which it has others."""
    if isinstance(data, list):
        return [in_our_form(each) for each in data]
    if not isinstance(data, dict):
        return data
    if data.keys() == {"child"}:
        return in_our_form(data["child"])
    formed = {key: in_our_form(value) for key, value in data.items()}
    if isinstance(one := formed.get("objective"), list):
        formed["objective"] = one[0]
    return {key: {"nodes": value} if key in ("objectives", "children") else value for key, value in formed.items()}
