"""The report on a cycle and statistics, as docs/numbers.md says it in 23 and 24."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.cycles.scores import band_of, needs_postmortem
from service.rollup.cycle_report import confidence_level, count_goals
from tests.docs.numbers_goals import at
from tests.docs.numbers_page import NULL, Row, executes, told
from tests.kit.client import Client


@executes("confidence-levels")
def test_confidence_levels(row: Row) -> None:
    confidence = row["confidence"]
    assert confidence_level(None if confidence == NULL else float(confidence)) == row["level"]


@dataclass(frozen=True)
class Scored:
    """The cell of one objective, of which nothing but the score counts."""

    kind: str
    score_sum: Decimal | None
    key: str | None = None
    status: str | None = None
    overdue_status: str | None = None
    staleness: str | None = None
    confidence_level: str = "NONE"
    alignment_state: str | None = None
    count: int = 1
    confidence_sum: Decimal | None = None

    @property
    def score_band(self) -> str | None:
        return band_of(self.score_sum)

    @property
    def postmortem_kind(self) -> str | None:
        return self.kind if needs_postmortem(self.kind, self.score_sum) else None


@executes("portfolio")
def test_portfolios(row: Row) -> None:
    scores = [None if each == NULL else Decimal(each) for each in row.list("scores")]
    [found] = count_goals([Scored(row["kind"], score) for score in scores]).kinds
    assert (str(found.scored_count), str(found.postmortem_count)) == (row["scoredCount"], row["postmortemCount"])
    assert told(found.mean_score, row["meanScore"]) == row["meanScore"]
    assert (found.portfolio_flag or NULL) == row["portfolioFlag"]


@executes("check-in-rate")
async def test_check_in_rate(client: Client, row: Row) -> None:
    client.clock.now = at("2026-01-01")
    cycle = await client.cycle("2026-01-01", "2026-03-31")
    objective = await client.objective(cycle)
    client.clock.now = at(row["created on"])
    key_result = await client.key_result(objective, kind="REACH", target="10")
    for day in row.list("check-ins on"):
        client.clock.now = at(day)
        await client.check_in(key_result, "1")
    client.clock.now = at(row["asked on"])
    document = "query($id: ID!) { cycleReport(cycleId: $id) { activity { expectedCount metCount checkInRate } } }"
    found: dict[str, Any] = (await client.data(document, id=cycle))["cycleReport"]["activity"]
    assert {name: told(value, row[name]) for name, value in found.items()} == {name: row[name] for name in found}


@executes("statistics")
async def test_statistics(client: Client, row: Row) -> None:
    cycle = await client.cycle("2026-01-01", "2026-12-31")
    for progress in row.list("progress"):
        objective = await client.objective(cycle, progressSource="MANUAL")
        if progress != NULL:
            await client.make("objectiveCheckIn", objectiveId=objective, value=progress)
    [found] = (await client.data("{ goalStats { meanProgress medianProgress } }"))["goalStats"]
    assert {name: told(each, row[name]) for name, each in found.items()} == {name: row[name] for name in found}
