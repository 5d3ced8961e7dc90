"""What a person reads in the feed and of what needs attention, and how both differ from what the model says."""

from typing import Any

from tests.authorization.built import Built
from tests.authorization.visible_model import Model
from tests.kit.client import Client

ATTENTION = """query($team: ID, $person: ID, $after: String) {
    needsAttention(teamId: $team, personId: $person, first: 100, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { reasons dueAt subject { __typename id } } } }"""
CHANGES = "changes { field before after beforeNode { id } afterNode { id } }"
ACTIVITY = f"""query($objective: ID, $after: String) {{ activity(first: 100, after: $after,
    filter: {{ objectiveId: $objective }}) {{
    totalCount pageInfo {{ hasNextPage endCursor }}
    nodes {{ id type at subjectType subject {{ __typename id }} objective {{ id }} {CHANGES} }} }} }}"""
# What nobody who does not see a goal can tell from it: lists, counts, statistics, the feed, what needs attention.
ANSWERS = f"""{{
    objectives(first: 100) {{ totalCount nodes {{ id }} }}
    keyResults(first: 100, orderBy: {{ field: DUE_AT }}) {{ totalCount nodes {{ id }} }}
    goalStats(groupBy: TEAM) {{ team {{ id }} count statuses {{ status count overdueCount }} }}
    needsAttention(first: 100) {{ totalCount nodes {{ reasons dueAt subject {{ id }} }} }}
    activity(first: 100) {{ totalCount nodes {{ id type subject {{ id }} {CHANGES} }} }} }}"""


async def read_all(client: Client, document: str, field: str, **scope: Any) -> list[Any]:
    """All entries of a list, page by page, whose total is their number."""
    found: list[Any] = []
    after, totals, is_more = None, set(), True
    while is_more:
        page = (await client.data(document, after=after, **scope))[field]
        found, after, is_more = [*found, *page["nodes"]], page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        totals.add(page["totalCount"])
    assert totals == {len(found)}
    return found


class Feeds:
    """What the owner of an organization, who sees everything, reads of the feed and of what needs attention."""

    def __init__(self, built: Built) -> None:
        self.built = built
        self.scopes: list[dict[str, Any]] = [{}, {"team": built.teams[0]}, {"person": built.people[0]}]
        self.attention: list[list[Any]] = []
        self.activity: list[Any] = []

    async def read(self) -> "Feeds":
        client = self.built.client
        self.attention = [await read_all(client, ATTENTION, "needsAttention", **scope) for scope in self.scopes]
        self.activity = await read_all(client, ACTIVITY, "activity")
        return self

    async def differences(self, client: Client, model: Model) -> list[str]:
        """How what a person reads differs from that of the owner without what the person does not see."""
        wrong: list[str] = []

        def compare(what: str, read: Any, expected: Any) -> None:
            if read != expected:
                wrong.append(f"{what}: read {read}, expected {expected}")

        attention = {each["subject"]["id"] for each in await read_all(client, ATTENTION, "needsAttention")}
        compare("attention", attention, {id for id in _goals_of(model) if _needs_attention(model.state[id])})
        for scope, of_owner in zip(self.scopes, self.attention, strict=True):
            seen = [each for each in of_owner if model.belongs_to_seen(each["subject"]["id"])]
            compare(f"attention {scope}", await read_all(client, ATTENTION, "needsAttention", **scope), seen)
        seen = [_as_seen(each, model) for each in self.activity if _is_seen(each, model)]
        compare("activity", await read_all(client, ACTIVITY, "activity"), seen)
        for id in self.built.objectives:
            tree = {id, *model.descendants(id)} if id in model.seen else set()
            own = [each for each in seen if each["objective"] and each["objective"]["id"] in tree]
            read = await read_all(client, ACTIVITY, "activity", objective=id)
            # Alignments that are not primary lead to more than the tree.
            compare(f"activity of {id}", [each for each in read if each in own], own)
            compare(f"more of {id}", [each for each in read if each not in seen], [])
        return wrong


def _goals_of(model: Model) -> list[str]:
    """What may need attention of what a person sees."""
    key_results = [own for id in model.objectives for own in model.built.key_results[id]]
    return [*model.objectives, *key_results, *model.kpis]


def _needs_attention(state: dict[str, Any]) -> bool:
    """Whether a goal or a KPI has a reason; no KPI is a guardrail."""
    has_owner = state["owner"] or state.get("objective", {}).get("owner")
    if "freshness" in state:
        return state["kpiStatus"] == "RED" or state["freshness"] in ("LATE", "MISSING") or not has_owner
    is_behind = state["status"] == "OFF_TRACK" or state["staleness"] == "OVERDUE" or state["statusDiverges"]
    return is_behind or not has_owner


def _is_seen(entry: Any, model: Model) -> bool:
    return model.belongs_to_seen(entry["subject"]["id"]) if entry["subject"] else True


def _as_seen(entry: Any, model: Model) -> Any:
    """An entry in which references to what is hidden are null."""

    def seen(node: Any) -> Any:
        return node if node and model.belongs_to_seen(node["id"]) else None

    changes = [
        {**each, "beforeNode": seen(each["beforeNode"]), "afterNode": seen(each["afterNode"])}
        for each in entry["changes"]
    ]
    return {**entry, "changes": changes}


async def change_what_is_hidden(built: Built, model: Model) -> bool:
    """Renames, moves and hides an objective that the person of the model does not see, if there is one."""
    client = built.client
    hidden = [id for id in built.objectives if id not in model.seen | model.archived]
    for id in hidden[:1]:
        await client.make("objectiveUpdate", id=id, title="Moved", visibility="PRIVATE", teamId=built.teams[-1])
        await client.make("objectiveReorder", id=id, afterId=None)
    return bool(hidden)
