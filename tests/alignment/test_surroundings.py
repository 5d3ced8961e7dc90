"""What is around an objective is stored with it in the transaction of every change, for the indexes of lists."""

from typing import Any

import asyncpg

from service.cli.recompute import recompute
from tests.authorization.world import uuid_of
from tests.kit.client import Client
from tests.kit.kpis import findings
from tests.kit.workspace_files import imported

STORED = """SELECT title, concat_ws(' ', parent_presence, active_parent_presence, child_presence, has_key_results)
    FROM objectives WHERE organization_id = $1 ORDER BY id"""
ALONE = "NONE NONE NONE f"


class Stored:
    """The surroundings of all objectives by title, of which the doctor finds nothing wrong."""

    def __init__(self, client: Client, cleaner: asyncpg.Connection) -> None:
        self.client, self.cleaner, self.before = client, cleaner, dict[str, str]()

    async def changed(self) -> dict[str, str]:
        """Those that have changed since."""
        assert await findings(self.client) == []
        now = dict(map(tuple, await self.cleaner.fetch(STORED, self.client.organization_id)))
        changed = {title: stored for title, stored in now.items() if self.before.get(title) != stored}
        self.before = now
        return changed


async def test_changes_of_alignments_and_key_results(client: Client, cleaner: asyncpg.Connection) -> None:
    stored, cycle = Stored(client, cleaner), await client.cycle()
    ids: dict[str, str] = {each: await client.objective(cycle, each) for each in ("top", "other", "leaf")}
    assert await stored.changed() == dict.fromkeys(ids, ALONE)
    edge = await client.make("objectiveAlign", objectiveId=ids["leaf"], parentId=ids["top"])
    assert await stored.changed() == {"top": "NONE NONE OPEN f", "leaf": "OPEN OPEN NONE f"}
    await client.change("objectiveMove", {"id": ids["leaf"], "parentId": ids["other"]}, "objective { id }")
    assert await stored.changed() == {"top": ALONE, "other": "NONE NONE OPEN f"}
    await client.change("objectiveMove", {"id": ids["leaf"], "parentId": None}, "objective { id }")
    assert await stored.changed() == {"other": ALONE, "leaf": ALONE}
    # The same edge again.
    assert await client.make("objectiveAlign", objectiveId=ids["leaf"], parentId=ids["top"]) == edge
    await stored.changed()
    await client.make("objectiveUnalign", id=edge)
    assert await stored.changed() == {"top": ALONE, "leaf": ALONE}
    key_result = await client.key_result(ids["top"])
    assert await stored.changed() == {"top": "NONE NONE NONE t"}
    await client.make("keyResultArchive", id=key_result)
    assert await stored.changed() == {"top": ALONE}
    await client.make("keyResultRestore", id=key_result)
    assert await stored.changed() == {"top": "NONE NONE NONE t"}
    parts: dict[str, Any] = {"keyResults": [{"title": "A number"}], "alignments": [{"parentKeyResultId": key_result}]}
    made = await client.make("objectiveCreate", cycleId=cycle, title="whole", **parts)
    assert await stored.changed() == {"top": "NONE NONE OPEN t", "whole": "OPEN OPEN NONE t"}
    await client.make("objectiveDuplicate", objectiveId=made, title="copy")
    assert await stored.changed() == {"copy": "OPEN OPEN NONE t"}


async def test_changes_of_what_is_above_and_below(client: Client, cleaner: asyncpg.Connection) -> None:
    stored, cycle = Stored(client, cleaner), await client.cycle(externalId="year")
    ids = {each: await client.objective(cycle, each, externalId=each) for each in ("top", "middle", "leaf")}
    await client.make("objectiveAlign", objectiveId=ids["middle"], parentId=ids["top"])
    await client.make("objectiveAlign", objectiveId=ids["leaf"], parentId=ids["middle"])
    usual = {"top": "NONE NONE OPEN f", "middle": "OPEN OPEN OPEN f", "leaf": "OPEN OPEN NONE f"}
    assert await stored.changed() == usual
    alone = {"top": ALONE, "leaf": ALONE}
    restricted = {"top": "NONE NONE RESTRICTED f", "leaf": "RESTRICTED RESTRICTED NONE f"}
    draft = {"leaf": "OPEN NONE NONE f"}
    only = {"id": ids["middle"]}
    for mutation, input, changed in (
        ("objectiveArchive", only, alone),
        ("objectiveRestore", only, {name: usual[name] for name in alone}),
        ("objectiveUpdate", {**only, "visibility": "PRIVATE"}, restricted),
        ("objectiveUpdate", {**only, "visibility": "TEAM"}, {}),
        ("objectiveUpdate", {**only, "visibility": "ORGANIZATION"}, {name: usual[name] for name in restricted}),
        ("objectiveUpdate", {**only, "lifecycle": "DRAFT"}, draft),
        ("objectiveUpdate", {**only, "lifecycle": "ACTIVE"}, {name: usual[name] for name in draft}),
        ("objectivesArchive", {"objectives": [{"id": ids["leaf"]}, only]}, {**alone, "middle": "OPEN OPEN NONE f"}),
        ("objectivesRestore", {"objectives": [only, {"id": ids["leaf"]}]}, usual),
        ("objectivesUpdate", {"objectives": [{**only, "visibility": "PRIVATE"}]}, restricted),
    ):
        await client.change(mutation, input, "userErrors { code }" if mutation[9] == "s" else "objective { id }")
        assert (mutation, input, await stored.changed()) == (mutation, input, changed)
    item: dict[str, Any] = {"type": "Objective", "cycle": "year", "title": "middle", "externalId": "middle"}
    await imported(client, [{**item, "visibility": "ORGANIZATION"}])
    assert await stored.changed() == {name: usual[name] for name in restricted}


async def test_the_doctor_finds_what_is_stored_otherwise(client: Client, cleaner: asyncpg.Connection) -> None:
    objective = await client.objective(await client.cycle())
    for column, value in (("parent_presence", "'OPEN'"), ("child_presence", "'OPEN'"), ("has_key_results", "true")):
        own = "WHERE organization_id = $1"
        await cleaner.execute(f"UPDATE objectives SET {column} = {value} {own}", client.organization_id)
        [finding] = await findings(client)
        assert (finding.subject, finding.id) == ("Objective", uuid_of(objective))
        await recompute(client.database, client.organization_id, client.clock.now)
        assert await findings(client) == []
