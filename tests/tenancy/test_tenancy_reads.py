"""A stranger reads the same whatever others have, and each of the two walls alone is enough for that.

The stranger has rows with the very UUIDs that the others' rows have, since ids are unique within an
organization only: whatever hangs below such a row would show as soon as a statement forgets the tenant.
"""

from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from service.postgres.database import Database
from tests.kit.client import Client
from tests.kit.estate import Estate, tenant_tables
from tests.kit.reads import (
    STATISTICS,
    Read,
    answers,
    below,
    by_external_ids,
    by_ids,
    connections,
    filtered,
    lists,
    of_cycles,
)
from tests.tenancy.regimes import WALLS, Sent, walls

PARENTS: tuple[str, ...] = ("person", "subteam", "team", "pillar", "part", "cycle", "root", "child", "number", "stage")
# What shows others' KPIs in no pages.
# Not the forecast: of two points of one day it takes one, and which of them nobody can say.
OF_KPIS = {f"Kpi.{name}" for name in ("children", "targets", "keyResults", "objectives", "series")}
OF_KPIS |= {"Query.kpiScorecard", "Objective.kpis", "KeyResult.kpiLinks"}
# The groups of statistics are read with their lists.
OF_GROUPS = {name for name in connections() if name.split(".")[0] in STATISTICS}
OF_STATISTICS = {f"Query.{name}" for name in STATISTICS.values()}
PARENTS += ("edge", "value", "follower", "kpi", "whole", "formula", "goal", "guardrail", "work")


class Neighbours:
    """Two organizations whose rows have the same ids, and what the stranger read before the other one had any."""

    def __init__(self, client: Client, stranger: Client) -> None:
        self.own = Estate(stranger, "Own")
        self.theirs = Estate(client, "Theirs", self.own.uuids)
        self.reads: list[Read] = []
        self.before: dict[str, Any] = {}

    async def settle_in(self) -> "Neighbours":
        await self.own.furnish()
        # An owner is active who has checked in.
        said = {"keyResultId": self.own.ids["number"], "authorId": self.own.ids["person"], "value": "4"}
        await self.own.client.make("keyResultCheckIn", **said)
        ids, keys = list(self.own.ids.values()), ["Theirs-root", "Theirs-number", "Theirs-kpi"]
        found = [self.own.ids["root"], self.own.ids["number"], self.own.ids["kpi"]]
        self.reads = [*lists(), *by_ids(found), *by_external_ids(keys), *filtered(ids, keys, "Theirs")]
        self.reads += [read for name in PARENTS for read in below(name, self.own.ids[name])]
        organization = (await self.own.client.data("{ organization { id } }"))["organization"]["id"]
        self.reads += [*below("organization", organization), *of_cycles([self.own.ids["cycle"]])]
        self.before = await answers(self.own.client, self.reads)
        await self.theirs.furnish()
        await self.theirs.extend()
        return self

    async def seen_now(self) -> dict[str, Any]:
        """What the stranger now reads otherwise than before."""
        now = await answers(self.own.client, self.reads)
        return {name: now[name] for name in now if now[name] != self.before[name]}


@pytest.fixture
async def neighbours(client: Client, stranger: Client) -> Neighbours:
    return await Neighbours(client, stranger).settle_in()


@pytest.fixture
async def sent(client: Client, stranger: Client, superuser: asyncpg.Connection) -> Sent:
    return Sent(list(await tenant_tables(superuser)), [client.organization_id, stranger.organization_id])


async def test_nothing_crosses_while_one_wall_stands(neighbours: Neighbours, sent: Sent, database: Database) -> None:
    """Every statement names the tenant; and without both walls, each list of the schema would show others' rows."""
    before = str(neighbours.before.values())
    assert {name: answer["errors"] for name, answer in neighbours.before.items() if "errors" in answer} == {}
    assert ("Own" in before, "Theirs" in before) == (True, False)
    crossed = {}
    for name, standing in WALLS.items():
        with walls(database, sent, **standing):
            crossed[name] = await neighbours.seen_now()
    assert crossed == {name: {} for name in WALLS}
    assert len(sent.seen) > 50
    assert sorted(sent.unguarded) == []
    # What two rows of one id come to is a bug to the application. It takes a second to print each, so none is.
    with capture_logs(), walls(database, sent, predicate=False, row_level_security=False):
        seen = await neighbours.seen_now()
    crossing = {read.field for read in neighbours.reads if read.name in seen}
    # In a cycle that goes on, nothing has a score.
    assert (connections() - OF_GROUPS | OF_KPIS | OF_STATISTICS) - crossing == {
        "ObjectiveKindCount.postmortemObjectives"
    }
    assert "Theirs" in str(seen.values())


async def test_a_stranger_with_nothing_sees_only_itself(client: Client, stranger: Client) -> None:
    theirs = await Estate(client, "Theirs").furnish()
    seen = {name: answer["data"] for name, answer in (await answers(stranger, lists())).items()}
    assert seen.pop("measurementsDue") == {"measurementsDue": []}
    assert [len(seen.pop(name)[name]) for name in STATISTICS.values()] == [1, 1, 1]
    counts = {name: data[name].get("totalCount") for name, data in seen.items()}
    own = {
        "people": 1,
        "activity": 3,
        "events": 3,
        "auditEvents": 2,
        "organization": None,
        "viewer": None,
        "kpiScorecard": None,
    }
    own |= {"objectiveStatusReport": None, "keyResultStatusReport": None}
    for name in ("objectiveStatusReport", "keyResultStatusReport"):
        assert seen[name][name] == {"total": 0, "overdueCount": 0, "greenShare": None, "counts": []}
    board = seen["kpiScorecard"]["kpiScorecard"]
    assert (board["total"], board["kpis"], board["needsAttention"], board["perspectives"]) == (0, [], [], [])
    assert counts == {name: own.get(name, 0) for name in seen}
    listed = {name for name, data in seen.items() if data[name].get("nodes") not in (None, [])}
    assert listed == {"people", "activity", "events", "auditEvents"}
    assert theirs.mark not in str(seen)
