"""An organization with two estates: `seen`, whose goals everybody sees, and `hidden`, whose goals a test hides.

They are linked with each other in all ways that the schema has. People have all relations to the hidden goals.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from schema.relay.node import global_id, parsed
from service.people.key_commands import create_key
from service.unit_of_work import write
from tests.authorization.actors import ACCOUNTS, ACTORS
from tests.kit.client import Client
from tests.kit.estate import Estate
from tests.kit.service_accounts import acting_for, service_account

# Names of the estate that are no goals, and do not belong to any.
NO_GOALS = {"person", "person 2", "key", "account", "account 2", "team", "subteam", "subteam 2", "pillar", "pillar 2"}
NO_GOALS |= {"cycle", "part", "part 2", "ending"}
GOALS = {"objectives": "objective_id", "kpis": "kpi_id", "initiatives": "initiative_id"}
Links = list[tuple[str, str, dict[str, Any]]]


def links(seen: Estate, hidden: Estate) -> Links:
    """What links a visible goal with a hidden one, by name: all of it is hidden."""
    own, theirs = seen.ids, hidden.ids
    return [
        ("child", "objectiveAlign", {"objectiveId": theirs["leaf"], "parentId": own["root"], "isPrimary": True}),
        ("grandchild", "objectiveAlign", {"objectiveId": own["leaf 3"], "parentId": theirs["leaf"]}),
        (
            "child of key result",
            "objectiveAlign",
            {"objectiveId": theirs["leaf 2"], "parentKeyResultId": own["number"]},
        ),
        ("parent", "objectiveAlign", {"objectiveId": own["above"], "parentId": theirs["root"], "isPrimary": True}),
        ("parent key result", "objectiveAlign", {"objectiveId": own["child"], "parentKeyResultId": theirs["number"]}),
        ("measure of seen", "keyResultLinkKpi", {"keyResultId": own["number"], "kpiId": theirs["kpi"]}),
        ("measure of hidden", "keyResultLinkKpi", {"keyResultId": theirs["number"], "kpiId": own["kpi"]}),
    ]


class World:
    """The organization of `client`, whose owner sees all of it. `hidden_ids` are the global ids of what is hidden."""

    def __init__(self, client: Client, stranger: Client, superuser: asyncpg.Connection) -> None:
        self.client, self.stranger, self.superuser = client, stranger, superuser
        self.seen, self.hidden = Estate(client, "Seen"), Estate(client, "Hidden")
        self.crossing: dict[str, str] = {}
        self.teams: dict[str, str] = {}
        self.people: dict[str, UUID] = {}

    @property
    def hidden_ids(self) -> set[str]:
        return {id for name, id in self.hidden.ids.items() if name not in NO_GOALS} | set(self.crossing.values())

    @property
    def mark(self) -> str:
        return self.hidden.mark

    def over(self, client: Client, stranger: Client) -> "World":
        """The same world, by other clients of its organizations."""
        world = World(client, stranger, self.superuser)
        world.seen, world.hidden = self.seen.over(client), self.hidden.over(client)
        world.crossing, world.teams, world.people = dict(self.crossing), dict(self.teams), dict(self.people)
        return world

    async def furnish(self) -> "World":
        """Both estates, the links between them, and the cast."""
        for estate in (self.seen, self.hidden):
            await (await estate.furnish()).extend()
        for name, mutation, input in links(self.seen, self.hidden):
            self.crossing[name] = await self.client.make(mutation, externalId=f"Hidden-{name}", **input)
        own, theirs = self.seen.ids, self.hidden.ids
        # They refer to each other without belonging to each other.
        await self.client.make("kpiUpdate", id=own["whole"], parentId=theirs["whole"])
        await self.client.make("kpiUpdate", id=theirs["kpi 2"], parentId=own["whole"])
        await self.client.make("keyResultUpdate", id=own["follower 2"], sourceKpiId=theirs["kpi"])
        await self.client.make("keyResultUpdate", id=theirs["follower 2"], sourceKpiId=own["kpi"])
        for initiative, key_result in ((own["work"], theirs["number"]), (theirs["work"], own["number"])):
            await self.client.make("initiativeLink", initiativeId=initiative, keyResultId=key_result)
        await self.client.make("objectiveUpdate", id=own["root"], progressSource="BOTH")
        await self._carry_over(self.seen, self.hidden, self.crossing)
        await self._carry_over(self.hidden, self.seen, self.seen.ids)
        for name in ("above", "readers"):
            self.teams[name] = await self.client.make("teamCreate", name=name)
        await self.client.make("teamUpdate", id=theirs["team"], parentId=self.teams["above"])
        await self._hire()
        await self.arrange("PRIVATE")
        return self

    async def _carry_over(self, before: Estate, after: Estate, ids: dict[str, str]) -> None:
        """Carries an objective of an estate over, with its key result: what goes on belongs to the other estate."""
        key_result = {"keyResultId": before.ids["ended number"], "decision": "MODIFY", "title": after.mark}
        item = {"objectiveId": before.ids["ended"], "decision": "MODIFY", "title": after.mark}
        input = {"id": before.ids["ending"], "toCycleId": self.seen.ids["part"]}
        payload = await self.client.change(
            "cycleCarryOver",
            {**input, "items": [{**item, "keyResults": [key_result]}]},
            "results { successor { id } keyResults { successor { id } } }",
        )
        [result] = payload["results"]
        ids["carried"] = result["successor"]["id"]
        ids["carried number"] = result["keyResults"][0]["successor"]["id"]
        for table, name in (("objectives", "carried"), ("key_results", "carried number")):
            await self.superuser.execute(
                f"UPDATE {table} SET external_id = $3 WHERE organization_id = $1 AND id = $2",
                *(self.client.organization_id, uuid_of(ids[name]), f"{after.mark}-{name}"),
            )

    async def _hire(self) -> None:
        teams = {
            "of the team": self.hidden.ids["team"],
            "of a team above": self.teams["above"],
            "of a team below": self.hidden.ids["subteam"],
            "of a reading team": self.teams["readers"],
        }
        for name, actor in ACTORS.items():
            person = await self.client.make("personCreate", name=name, role=actor.role)
            self.people[name] = uuid_of(person)
            rank, _, rest = actor.relation.partition(" ")
            if rest in teams:
                await self.client.make("teamJoin", teamId=teams[rest], personId=person, role=rank.upper())

    async def arrange(self, visibility: str, *, owner: str = "owner", member_editing: str = "ALL") -> None:
        """Gives the hidden goals a visibility, their team, an owner and the participants of the cast."""
        hidden = f"organization_id = '{self.client.organization_id}' AND external_id LIKE 'Hidden-%'"
        team, readers = uuid_of(self.hidden.ids["team"]), uuid_of(self.teams["readers"])
        sql = [
            f"UPDATE organizations SET member_editing = '{member_editing}' WHERE id = '{self.client.organization_id}'",
        ]
        roles = {"reader": "READER", "reading viewer": "READER"}
        roles |= {"co-owner": "CO_OWNER", "contributor": "CONTRIBUTOR", "follower": "FOLLOWER"}
        members = [f"('{self.people[name]}'::uuid, NULL::uuid, '{role}')" for name, role in roles.items()]
        members.append(f"(NULL, '{readers}', 'READER')")
        for table, column in GOALS.items():
            # Those in a cycle that is being closed stay there.
            cycle, pillar, ending = (
                f"'{uuid_of(id)}'"
                for id in (self.seen.ids["cycle"], self.seen.ids["pillar"], self.hidden.ids["ending"])
            )
            shared = f", pillar_id = {pillar}, "
            shared += f"cycle_id = CASE cycle_id WHEN {ending} THEN cycle_id ELSE {cycle} END"
            owned = f"team_id = '{team}', owner_id = '{self.people[owner]}'"
            owned += shared if table == "objectives" else ""
            sql.append(f"UPDATE {table} SET visibility = '{visibility}', {owned} WHERE {hidden}")
            # The teams of the estate are those of the cast, which do not see by that.
            sql.append(
                f"UPDATE participants SET ended_at = now() WHERE organization_id = '{self.client.organization_id}' "
                f"AND ended_at IS NULL AND team_id IS NOT NULL AND team_id <> '{readers}' "
                f"AND {column} IN (SELECT id FROM {table} WHERE {hidden})"
            )
            sql.append(
                f"INSERT INTO participants (organization_id, id, {column}, person_id, team_id, role, created_at) "
                f"SELECT organization_id, gen_random_uuid(), id, person, team, role, now() FROM {table}, "
                f"(VALUES {', '.join(members)}) members (person, team, role) WHERE {hidden} ON CONFLICT DO NOTHING"
            )
        await self.superuser.execute("; ".join(sql))

    async def acting(self, name: str, scopes: list[str] | None = None) -> Client:
        """A client that acts as one of the cast, with a key of its own that nothing is remembered of."""
        client, person = self.client, self.people[name]

        async def command(tx: Any) -> str:
            return (await create_key(tx, person, str(uuid4()), scopes=scopes)).key

        key = await write(client.database, client.viewer, client.clock.now, command)
        return Client(client.app, client.database, client.clock, client.organization_id, person, key)

    async def account(self, name: str) -> Client:
        """A client with the key of a new service account, by itself or for one of the cast."""
        account = ACCOUNTS[name]
        client = await service_account(self.client, account.role, account.scopes, name)
        return client if account.acts_for is None else acting_for(client, self.people[account.acts_for])

    async def anonymous(self) -> Client:
        """A client without credentials that are valid."""
        client = Client(
            *(self.client.app, self.client.database, self.client.clock, self.client.organization_id),
            *(self.client.person_id, "none"),
        )
        del client.http.headers["Authorization"]
        return client


@dataclass
class Rows:
    """The global ids of all objects that everybody sees, and of all that are hidden, by type."""

    seen: dict[str, list[str]]
    hidden: dict[str, list[str]]

    @cached_property
    def hidden_ids(self) -> set[str]:
        entries = {
            global_id("ActivityEntry", decoded[1]) for id in self.hidden.get("Event", []) if (decoded := parsed(id))
        }
        return {id for ids in self.hidden.values() for id in ids} | entries


async def rows_of(world: World) -> Rows:
    """All objects of the organization that have a global id, as its owner finds them."""
    rows, hidden = Rows(defaultdict(list), defaultdict(list)), world.hidden_ids
    for estate in (world.seen, world.hidden):
        for id in estate.ids.values():
            (rows.hidden if id in hidden else rows.seen)[kind_of(id)].append(id)
    for id in world.crossing.values():
        rows.hidden[kind_of(id)].append(id)
    rows.seen["Person"] += [global_id("Person", id) for id in world.people.values()]
    # Keys and share tokens have no lookup.
    del rows.seen["ApiKey"], rows.seen["ShareToken"]
    for id, goal in await _participants(world):
        (rows.hidden if goal in hidden else rows.seen)["Participant"].append(id)
    hidden |= set(rows.hidden["Participant"])
    for id, goal in await _carry_overs(world):
        (rows.hidden if goal in hidden else rows.seen)["CarryOver"].append(id)
    hidden |= set(rows.hidden["CarryOver"])
    for each in await _events(world):
        is_hidden = each["subjectId"] in hidden or (each["objective"] or {}).get("id") in hidden
        (rows.hidden if is_hidden else rows.seen)["Event"].append(each["id"])
    for estate, own in ((world.seen, rows.seen), (world.hidden, rows.hidden)):
        document = "query($id: ID!) { kpi(id: $id) { measurements { nodes { id } } } }"
        measured = await world.client.data(document, id=estate.ids["kpi"])
        own["KpiMeasurement"] = [each["id"] for each in measured["kpi"]["measurements"]["nodes"]]
    document = """query($id: ID!) {
        organization { id statusPolicies { nodes { id } } } team(id: $id) { memberships { id } } }"""
    found = await world.client.data(document, id=world.hidden.ids["team"])
    rows.seen["Organization"] = [found["organization"]["id"]]
    rows.seen["StatusPolicy"] = [each["id"] for each in found["organization"]["statusPolicies"]["nodes"]]
    rows.seen["Membership"] = [each["id"] for each in found["team"]["memberships"]]
    document = "{ auditEvents(first: 100) { nodes { id } } }"
    rows.seen["AuditEvent"] = [each["id"] for each in (await world.client.data(document))["auditEvents"]["nodes"]]
    return rows


async def _participants(world: World) -> list[tuple[str, str]]:
    """All participants, removed ones too, each with the id of its goal."""
    found = await world.superuser.fetch(
        "SELECT id, objective_id, kpi_id, initiative_id FROM participants WHERE organization_id = $1 ORDER BY id",
        world.client.organization_id,
    )
    types = {"objective_id": "Objective", "kpi_id": "Kpi", "initiative_id": "Initiative"}
    return [
        (global_id("Participant", each["id"]), global_id(type_name, each[column]))
        for each in found
        for column, type_name in types.items()
        if each[column] is not None
    ]


async def _carry_overs(world: World) -> list[tuple[str, str]]:
    """All carry-overs, each with the id of the objective that was decided about."""
    found = await world.superuser.fetch(
        "SELECT id, objective_id FROM carry_overs WHERE organization_id = $1 ORDER BY id", world.client.organization_id
    )
    return [(global_id("CarryOver", each["id"]), global_id("Objective", each["objective_id"])) for each in found]


async def _events(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    document = """query($after: String) { events(first: 100, after: $after) {
        nodes { id subjectId objective { id } } pageInfo { hasNextPage endCursor } } }"""
    after, is_more = None, True
    while is_more:
        page = (await world.client.data(document, after=after))["events"]
        found += page["nodes"]
        after, is_more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found


def kind_of(id: str) -> str:
    """The type in a global id."""
    found = parsed(id)
    assert found is not None
    return found[0]


def uuid_of(id: str) -> UUID:
    """The UUID in a global id."""
    found = parsed(id)
    assert found is not None
    return found[1]
