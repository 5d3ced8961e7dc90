"""Over random organizations, everybody reads what the model says: nothing tells of a hidden goal, and sums agree."""

from fractions import Fraction
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.app import create_app
from service.people import access_queries
from service.postgres.database import Database
from service.settings import Settings
from tests.authorization.built import Built, progress_of
from tests.authorization.drawn import ORGANIZATIONS, Organization
from tests.authorization.feeds import ANSWERS, Feeds, change_what_is_hidden
from tests.authorization.visible_model import Model, Terms, part_of, stored
from tests.authorization.world import uuid_of
from tests.kit.client import Client, Clock, founded
from tests.model.reducing import histories

PAGE = "totalCount nodes { id }"
EACH = """query($ids: [ID!]!) { nodes(ids: $ids) {
    ... on Objective { id status staleness progress statusDiverges owner { id } }
    ... on KeyResult { id status staleness progress statusDiverges owner { id } objective { owner { id } } }
    ... on Kpi { id team { id } kpiStatus: status freshness owner { id } } } }"""
OBJECTIVE = f"""query($id: ID!) {{ objective(id: $id) {{
    children(first: 50) {{ {PAGE} }} descendants(first: 50) {{ {PAGE} }} incomingAlignments(first: 50) {{ {PAGE} }}
    parents {{ id }} ancestors {{ id }} outgoingAlignments {{ id }} overdueBelow progress
    hiddenContributors {{ count weight contribution }} kpis {{ id }} events(first: 1) {{ totalCount }} }} }}"""
KEY_RESULTS = """query($ids: [ID!]!) { nodes(ids: $ids) {
    ... on KeyResult { id progress hiddenContributors { count weight contribution } } } }"""
REPORT = "total overdueCount counts { status count overdueCount }"
LISTS = f"""{{
    objectives(first: 50) {{ {PAGE} }}
    archived: objectives(first: 50, includeArchived: true) {{ {PAGE} }}
    keyResults(first: 100, includeArchived: true) {{ {PAGE} }}
    kpis(first: 50) {{ {PAGE} }}
    objectiveStatusReport {{ {REPORT} }} keyResultStatusReport(includeArchived: true) {{ {REPORT} }}
    kpiScorecard {{ total kpis {{ id }} teams {{ team {{ id }} total }} }}
    kpiStats(groupBy: TEAM) {{ team {{ id }} count statuses {{ count }} kpis(first: 50) {{ {PAGE} }} }}
    private: objectives(first: 50, filter: {{ visibility: {{ neq: ORGANIZATION }} }}) {{ {PAGE} }}
    search: objectives(first: 50, filter: {{ title: {{ contains: "a" }} }}) {{ {PAGE} }}
    searched: objectiveStatusReport(filter: {{ title: {{ contains: "a" }} }}) {{ {REPORT} }}
    titles: objectives(first: 50, orderBy: {{ field: TITLE, direction: DESC }}) {{ {PAGE} }} }}"""
TITLED = '{ title: { contains: "a" } }'
# Conditions on what is around goals, which may be hidden.
CONDITIONS = f"""query($team: ID!, $person: ID!) {{
    roots: objectives(first: 50, filter: {{ hasParents: false }}) {{ {PAGE} }}
    aligned: objectives(first: 50, filter: {{ hasParents: true }}) {{ {PAGE} }}
    unaligned: objectives(first: 50, filter: {{ alignmentState: {{ eq: UNALIGNED }} }}) {{ {PAGE} }}
    inState: objectives(first: 50, filter: {{ alignmentState: {{ in: [ALIGNED, TOP] }} }}) {{ {PAGE} }}
    ofCycle: objectives(first: 50, filter: {{ hasParents: false, cycle: {{ name: {{ neq: "" }} }} }}) {{ {PAGE} }}
    rootTitles: objectives(first: 50, filter: {{ hasParents: false }}, orderBy: {{ field: TITLE }}) {{ {PAGE} }}
    leaves: objectives(first: 50, filter: {{ hasChildren: false }}) {{ {PAGE} }}
    parents: objectives(first: 50, filter: {{ hasChildren: true }}) {{ {PAGE} }}
    measured: objectives(first: 50, filter: {{ hasKeyResults: true }}) {{ {PAGE} }}
    unmeasured: objectives(first: 50, filter: {{ hasKeyResults: false }}) {{ {PAGE} }}
    team: objectives(first: 50, filter: {{ team: {{ within: $team }} }}, orderBy: {{ field: TITLE }}) {{ {PAGE} }}
    owner: objectives(first: 50, filter: {{ owner: {{ id: {{ eq: $person }} }} }}) {{ {PAGE} }}
    ofTitle: keyResults(first: 100, filter: {{ objective: {TITLED} }}) {{ {PAGE} }}
    ofHidden: keyResults(first: 100, filter: {{ objective: {{ visibility: {{ neq: ORGANIZATION }} }} }}) {{ {PAGE} }}
    ofRoots: keyResults(first: 100, filter: {{ or: [{{ objective: {{ hasParents: false }} }}] }}) {{ {PAGE} }}
    ofTeam: keyResults(first: 100, filter: {{ objective: {{ team: {{ within: $team }} }} }}) {{ {PAGE} }}
    parts: kpis(first: 50, filter: {{ parent: {{ name: {{ contains: "a" }} }} }}) {{ {PAGE} }}
    partsOfTeam: kpis(first: 50, filter: {{ parent: {{ team: {{ within: $team }} }} }}) {{ {PAGE} }}
    rootReport: objectiveStatusReport(filter: {{ hasParents: false }}) {{ {REPORT} }}
    events(first: 100, filter: {{ objective: {TITLED} }}) {{ nodes {{ objective {{ id }} }} }} }}"""


class Reader:
    """What a person reads, and how it differs from the model."""

    def __init__(self, client: Client, model: Model) -> None:
        self.client, self.model, self.wrong = client, model, list[str]()

    def compare(self, what: str, read: Any, expected: Any) -> None:
        if read != expected:
            self.wrong.append(f"{what}: read {read}, expected {expected}")

    def page(self, what: str, read: Any, expected: list[str]) -> None:
        found = [each["id"] for each in read["nodes"]]
        self.compare(what, (found, read["totalCount"]), (expected, len(expected)))

    async def lists(self) -> None:
        model, built = self.model, self.model.built
        data = await self.client.data(LISTS)
        titles = dict(zip(built.objectives, (each.title for each in built.drawn.objectives), strict=True))
        hides = dict(zip(built.objectives, (each.access.visibility for each in built.drawn.objectives), strict=True))
        live, found = model.objectives, [id for id in model.objectives if "a" in titles[id]]
        self.page("objectives", data["objectives"], live)
        self.page("archived", data["archived"], [id for id in built.objectives if id in model.seen])
        self.compare("keyResults", ids_of(data["keyResults"]), set(model.key_results))
        self.compare("kpis", ids_of(data["kpis"]), set(model.kpis))
        self.page("private", data["private"], [id for id in live if hides[id] != "ORGANIZATION"])
        self.page("search", data["search"], found)
        order = sorted(live, key=lambda id: (titles[id], id_order(id)), reverse=True)
        self.page("titles", data["titles"], order)
        for name, ids in (
            ("objectiveStatusReport", live),
            ("searched", found),
            ("keyResultStatusReport", model.key_results),
        ):
            self.compare(name, as_report(data[name]), model.report(ids))
        board, teams = data["kpiScorecard"], dict[str | None, int]()
        for id in model.kpis:
            team = (model.state[id]["team"] or {}).get("id")
            teams[team] = teams.get(team, 0) + 1
        groups = {(each["team"] or {}).get("id"): each["total"] for each in board["teams"]}
        read = (board["total"], {each["id"] for each in board["kpis"]}, groups)
        self.compare("kpiScorecard", read, (len(model.kpis), set(model.kpis), teams))
        stats = data["kpiStats"]
        self.compare("kpiStats", {(each["team"] or {}).get("id"): each["count"] for each in stats}, teams)
        self.compare("kpis of kpiStats", {id for each in stats for id in ids_of(each["kpis"])}, set(model.kpis))
        counts = [sum(status["count"] for status in each["statuses"]) for each in stats]
        self.compare("statuses of kpiStats", counts, [each["count"] for each in stats])

    async def conditions(self) -> None:
        """Lists by what is around goals: what is hidden matches no condition."""
        model, built = self.model, self.model.built
        team, person = built.teams[0], built.people[0]
        data = await self.client.data(CONDITIONS, team=team, person=person)
        live, drawn, kpis = model.objectives, dict(built.each_objective()), dict(built.each_kpi())
        aligned = [id for id in live if model.parents(id)]
        roots = [id for id in live if id not in aligned]
        served = [id for id in live if model.children(id)]
        measured = [id for id in live if built.key_results[id]]
        below = [id for id in live if built.is_within(drawn[id].access, 0)]
        by_title = sorted(below, key=lambda id: (drawn[id].title, id_order(id)))
        owned = [id for id in live if (own := drawn[id].access.owner) is not None and own % len(built.people) == 0]
        for name, ids in (
            *(("aligned", aligned), ("parents", served), ("measured", measured), ("team", by_title), ("owner", owned)),
            *(("roots", roots), ("unaligned", roots), ("ofCycle", roots), ("inState", aligned)),
            ("rootTitles", sorted(roots, key=lambda id: (drawn[id].title, id_order(id)))),
            ("leaves", [id for id in live if id not in served]),
            ("unmeasured", [id for id in live if id not in measured]),
        ):
            self.page(name, data[name], ids)
        self.compare("rootReport", as_report(data["rootReport"]), model.report(roots))
        seen = [id for id in built.objectives if id in model.seen]
        for name, objectives in (
            ("ofTitle", [id for id in seen if "a" in drawn[id].title]),
            ("ofHidden", [id for id in seen if drawn[id].access.visibility != "ORGANIZATION"]),
            ("ofRoots", [id for id in seen if not model.parents(id)]),
            ("ofTeam", [id for id in seen if built.is_within(drawn[id].access, 0)]),
        ):
            self.compare(name, ids_of(data[name]), {each for id in objectives for each in built.key_results[id]})
        above = {id: built.parent_of_kpi(id) for id in model.kpis}
        seen_above = {id: kpis[parent] for id, parent in above.items() if parent in model.seen}
        named = {id for id, parent in seen_above.items() if "a" in parent.name}
        self.compare("parts", ids_of(data["parts"]), named)
        of_team = {id for id, parent in seen_above.items() if built.is_within(parent.access, 0)}
        self.compare("partsOfTeam", ids_of(data["partsOfTeam"]), of_team)
        found = {each["objective"]["id"] for each in data["events"]["nodes"]}
        if len(data["events"]["nodes"]) < 100:
            self.compare("events", found, {id for id in seen if "a" in drawn[id].title})

    async def pages(self) -> None:
        """Pages of two from cursor to cursor, forward and back."""
        for arguments, cursor, is_forward in (("first: 2", "endCursor", True), ("last: 2", "startCursor", False)):
            found: list[str] = []
            at, is_more = "", True
            while is_more:
                document = f"""{{ objectives({arguments}{at}) {{ nodes {{ id }}
                    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"""
                read = (await self.client.data(document))["objectives"]
                ids = [each["id"] for each in read["nodes"]]
                found = [*found, *ids] if is_forward else [*ids, *found]
                info = read["pageInfo"]
                is_more = info["hasNextPage"] if is_forward else info["hasPreviousPage"]
                at = f', {"after" if is_forward else "before"}: "{info[cursor]}"'
            self.compare(f"pages {arguments}", found, self.model.objectives)

    async def objectives(self) -> None:
        model, built = self.model, self.model.built
        for id in built.objectives:
            read = (await self.client.data(OBJECTIVE, id=id))["objective"]
            if id not in model.seen:
                self.compare(f"objective {id}", read, None)
                continue
            children = model.children(id)
            self.page("children", read["children"], children)
            self.page("descendants", read["descendants"], model.descendants(id))
            edges = [edge for edge, each in built.edges.items() if each[1] == id and each[0] in children]
            self.page("incomingAlignments", read["incomingAlignments"], edges)
            self.compare("parents", [each["id"] for each in read["parents"]], model.parents(id))
            up = {edge for edge, each in built.edges.items() if each[0] == id and each[1] in model.parents(id)}
            self.compare("outgoingAlignments", {each["id"] for each in read["outgoingAlignments"]}, up)
            self.compare("ancestors", [each["id"] for each in read["ancestors"]], model.ancestors(id))
            self.compare("overdueBelow", read["overdueBelow"], model.overdue_below(id))
            kpis = {
                kpi for own in built.belongs.values() if id in own for kpi in own & set(built.kpis) if own <= model.seen
            }
            self.compare("kpis", {each["id"] for each in read["kpis"]}, kpis)
            self.sums(id, read, *model.contributions(id))

    async def key_results(self) -> None:
        model = self.model
        for read in (await self.client.data(KEY_RESULTS, ids=model.key_results))["nodes"]:
            if read["id"] in model.built.aligned:
                self.sums(read["id"], read, *model.contributions_to_key_result(read["id"]))
            else:
                self.compare("hiddenContributors", read["hiddenContributors"], None)

    def sums(self, id: str, read: Any, seen: Terms, hidden: Terms) -> None:
        """What the person sees and the remainder come to the progress, which is the same for everybody."""
        self.compare("progress", read["progress"], self.model.state[id]["progress"])
        part, rest = part_of(seen, [*seen, *hidden]), part_of(hidden, [*seen, *hidden])
        remainder = None
        if hidden:
            weight = float(sum((weight for weight, _ in hidden), Fraction(0)))
            remainder = {"count": len(hidden), "weight": weight, "contribution": None if rest is None else float(rest)}
        told = read["hiddenContributors"]
        self.compare("hiddenContributors", told and {**told, "weight": round(told["weight"], 9)}, remainder)
        progress = self.model.progress[id]
        whole = None if part is None or rest is None else stored(part + rest)
        self.compare("sum", None if progress is None else Fraction(progress), whole)

    async def events(self) -> None:
        document = "query($first: Int!) { events(first: $first) { totalCount nodes { subjectId objective { id } } } }"
        of_owner = (await self.model.built.client.data(document, first=100))["events"]["nodes"]
        read = (await self.client.data(document, first=100))["events"]["nodes"]
        visible = [each for each in of_owner if self.model.belongs_to_seen(each["subjectId"])]
        self.compare("events", read[: len(visible)], visible)


def as_report(read: Any) -> dict[str, Any]:
    counts = {each["status"]: (each["count"], each["overdueCount"]) for each in read["counts"]}
    return {"total": read["total"], "overdueCount": read["overdueCount"], "counts": counts}


def ids_of(page: Any) -> set[str]:
    assert page["totalCount"] == len(page["nodes"])
    return {each["id"] for each in page["nodes"]}


def id_order(id: str) -> str:
    """Rows that are equal otherwise are in the order of their UUIDs, which is that of making."""
    return str(uuid_of(id))


@histories(6)
@given(ORGANIZATIONS, st.sampled_from([access_queries.MAX_LISTED_GOALS, 0]))
async def test_everybody_reads_what_the_model_says(
    clean: None,
    database: Database,
    settings: Settings,
    cleaner: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    drawn: Organization,
    listed: int,
) -> None:
    """Whether the goals that somebody takes part in are listed, or looked up where they are more."""
    monkeypatch.setattr(access_queries, "MAX_LISTED_GOALS", listed)
    clock = Clock()
    async with await founded(create_app(settings, database, clock), database, clock, "Drawn") as client:
        built = await Built(drawn, client, cleaner).make()
        ids = [*built.objectives, *built.all_key_results, *built.kpis]
        state = {each["id"]: each for each in (await client.data(EACH, ids=ids))["nodes"]}
        progress = await progress_of(built)
        wrong: list[str] = []
        people = (None, *range(len(drawn.people)))
        clients = [client if person is None else await built.acting(person) for person in people]
        feeds = await Feeds(built).read()
        for person, own in zip(people, clients, strict=True):
            reader = Reader(own, Model(built, person, state, progress))
            await reader.lists()
            await reader.conditions()
            await reader.pages()
            await reader.objectives()
            await reader.key_results()
            await reader.events()
            wrong += [f"person {person}: {each}" for each in reader.wrong]
            wrong += [f"person {person}: {each}" for each in await feeds.differences(own, reader.model)]
        for person, own in zip(people, clients, strict=True):
            before = await own.data(ANSWERS)
            if await change_what_is_hidden(built, Model(built, person, state, progress)):
                after = await own.data(ANSWERS)
                wrong += [f"person {person} can tell by {name}" for name in before if before[name] != after[name]]
        assert wrong == [], "\n".join(wrong)
