"""Scoring goals and closing a cycle: proposals, reasons, waivers, what is frozen, and what is counted."""

from typing import Any

import pytest

from tests.kit.client import Client, Statements
from tests.kit.refusals import errors, everything
from tests.kit.roles import acting

SCORES = """query($objective: ID!) { objective(id: $objective) {
    score finalScore scoreReason scoreWaiver scoreBand proposedScore expectedScore needsPostmortem
    keyResults { score scoreReason scoreWaiver scoreBand proposedScore target originalTarget } } }"""
FORBIDDEN = ("CYCLE_STATE_FORBIDS", ["input", "id"])


class Quarter:
    """An objective with two key results, at 0.4 and at 1, of the weights 3 and 1."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def begin(self, **facts: Any) -> "Quarter":
        client = self.client
        self.cycle = await client.cycle()
        self.objective = await client.objective(self.cycle, **facts)
        self.low = await client.key_result(self.objective, kind="REACH", target="10", weight=3.0)
        self.high = await client.key_result(self.objective, kind="REACH", target="10")
        await client.check_in(self.low, "4")
        await client.check_in(self.high, "12")
        return self

    async def scores(self) -> dict[str, Any]:
        return (await self.client.data(SCORES, objective=self.objective))["objective"]


@pytest.fixture
async def quarter(client: Client) -> Quarter:
    return await Quarter(client).begin(kind="COMMITTED")


def scored(score: float | None, proposed: float | None, **more: Any) -> dict[str, Any]:
    band = None if score is None else "GREEN" if score >= 0.7 else "YELLOW" if score >= 0.4 else "RED"
    own = {"scoreReason": None, "scoreWaiver": None, "target": "10", "originalTarget": "10"}
    return {**own, "score": score, "scoreBand": band, "proposedScore": proposed, **more}


async def test_from_proposals_to_scores(client: Client, quarter: Quarter) -> None:
    objective = {"finalScore": None, "scoreReason": None, "scoreWaiver": None, "expectedScore": 1.0}
    unscored = {**objective, "score": None, "scoreBand": None, "proposedScore": 0.55, "needsPostmortem": False}
    assert await quarter.scores() == {**unscored, "keyResults": [scored(None, 0.4), scored(None, 1.0)]}
    assert await client.refused("keyResultScore", id=quarter.low) == FORBIDDEN
    assert await client.refused("objectiveScore", id=quarter.objective) == FORBIDDEN
    await client.take_steps(quarter.cycle, "BeginClosing")
    await client.make("keyResultScore", id=quarter.low, score=0.6, reason="Almost there")
    low = scored(0.6, 0.4, scoreReason="Almost there")
    # One of the two has no score yet, so that there is no mean.
    assert await quarter.scores() == {**unscored, "proposedScore": 0.7, "keyResults": [low, scored(None, 1.0)]}
    await client.make("keyResultScore", id=quarter.high)
    done = {**objective, "score": 0.7, "scoreBand": "GREEN", "proposedScore": 0.7, "needsPostmortem": True}
    assert await quarter.scores() == {**done, "keyResults": [low, scored(1.0, 1.0)]}
    await client.make("objectiveScore", id=quarter.objective, score=0.5, reason="Too late")
    own = {**done, "score": 0.5, "finalScore": 0.5, "scoreReason": "Too late", "scoreBand": "YELLOW"}
    assert await quarter.scores() == {**own, "keyResults": [low, scored(1.0, 1.0)]}
    # Without one of its own it has the mean again.
    await client.make("objectiveScore", id=quarter.objective, score=None)
    assert await quarter.scores() == {**done, "keyResults": [low, scored(1.0, 1.0)]}
    await client.make("keyResultScore", id=quarter.low, scoreWaiver="The supplier is gone")
    waived = scored(None, 0.4, scoreWaiver="The supplier is gone")
    found = await quarter.scores()
    assert (found["score"], found["keyResults"][0]) == (1.0, waived)


async def test_what_a_score_can_be(client: Client, quarter: Quarter) -> None:
    limit = await client.key_result(quarter.objective, kind="AT_LEAST", target="5")
    by = await client.key_result(quarter.objective, kind="INCREASE_BY", changeBy="5")
    await client.take_steps(quarter.cycle, "BeginClosing")
    before = await everything(client)

    async def refused(id: str, **input: Any) -> tuple[str, list[str] | None]:
        return await client.refused("keyResultScore", id=id, **input)

    assert await refused(quarter.low, score=1.01, reason="x") == ("SCORE_OUT_OF_RANGE", ["input", "score"])
    assert await refused(quarter.low, score=-0.1, reason="x") == ("SCORE_OUT_OF_RANGE", ["input", "score"])
    assert await refused(quarter.low, score=0.5) == ("SCORE_REASON_MISSING", ["input", "reason"])
    assert await refused(quarter.low, score=0.4, scoreWaiver="x") == ("SCORE_AMBIGUOUS", ["input", "scoreWaiver"])
    assert await refused(by) == ("SCORE_PROPOSAL_MISSING", ["input", "score"])
    assert await refused(by, score=0.5) == ("SCORE_REASON_MISSING", ["input", "reason"])
    assert await everything(client) == before
    # The proposed one needs no reason, and a limit that was never measured is not held.
    await client.make("keyResultScore", id=quarter.low, score=0.4)
    assert await client.make("keyResultScore", "score", id=limit) == {"score": 0.0}
    accepted = await client.change("objectiveScore", {"id": quarter.objective}, "objective { score }")
    assert [each["code"] for each in accepted["userErrors"]] == ["SCORE_PROPOSAL_MISSING"]
    await client.make("keyResultScore", id=by, scoreWaiver="No baseline")
    document = "score keyResults { score }"
    found = await client.make("objectiveScore", document, id=quarter.objective)
    scores = [{"score": each} for each in (0.4, 1.0, 0.0, None)]
    assert found == {"score": 0.44, "keyResults": scores}


async def test_all_goals_are_scored_or_waived_before_the_close(client: Client, quarter: Quarter) -> None:
    cycle = quarter.cycle
    alone = await client.objective(cycle, "Without key results")
    by_hand = await client.objective(cycle, "By hand", progressSource="MANUAL")
    await client.make("objectiveCheckIn", objectiveId=by_hand, value="0.25")
    draft = await client.objective(cycle, "Draft", lifecycle="DRAFT")
    await client.key_result(draft, kind="REACH", target="1")
    await client.make("objectiveArchive", id=await client.objective(cycle, "Archived"))
    await client.take_steps(cycle, "BeginClosing")

    async def close(**input: Any) -> list[dict[str, Any]]:
        payload = await client.change("cycleClose", {"id": cycle, **input}, "cycle { state }")
        assert payload["cycle"] == {"state": "CLOSING" if payload["userErrors"] else "CLOSED"}
        return payload["userErrors"]

    before = await everything(client)
    [error] = await close()
    # Two key results, and two objectives without any.
    assert (error["code"], error["message"][:8]) == ("CYCLE_NOT_SCORED", "4 goals ")
    [error] = await close(acceptProposals=True)
    assert (error["code"], "Without key results" in error["message"]) == ("CYCLE_NOT_SCORED", True)
    elsewhere = await client.objective(await client.cycle())
    wrong = [
        {"objectiveId": elsewhere, "reason": "x"},
        {"objectiveId": alone, "keyResultId": quarter.low, "reason": "x"},
        {"reason": "x"},
        {"objectiveId": elsewhere, "reason": " "},
    ]
    before = await everything(client)
    errors = [
        (each["code"], each["field"][2:]) for each in await close(waivers=[*wrong[:3], {**wrong[0], "reason": " "}])
    ]
    assert errors == [
        ("NOT_FOUND", ["0", "objectiveId"]),
        ("WAIVER_AMBIGUOUS", ["1"]),
        ("WAIVER_AMBIGUOUS", ["2"]),
        ("NOT_FOUND", ["3", "objectiveId"]),
        ("BLANK", ["3", "reason"]),
    ]
    assert await everything(client) == before
    waiver = {"objectiveId": alone, "reason": "Nobody had time"}
    assert await close(acceptProposals=True, waivers=[waiver], reason="Quarter over") == []
    found = (await client.data("{ objectives { nodes { title score finalScore scoreWaiver } } }"))["objectives"][
        "nodes"
    ]
    assert {each["title"]: tuple(each.values())[1:] for each in found if each["title"] in ("By hand", "Draft")} == {
        "By hand": (0.25, 0.25, None),
        "Draft": (None, None, None),
    }
    assert [each["scoreWaiver"] for each in found if each["title"] == "Without key results"] == ["Nobody had time"]
    assert (await quarter.scores())["score"] == 0.55
    before = await everything(client)
    assert await close(acceptProposals=True, reason="Again") == []
    assert await everything(client) == before


async def test_the_rest_is_waived_at_once(client: Client, quarter: Quarter) -> None:
    await client.take_steps(quarter.cycle, "BeginClosing")
    await client.make("cycleClose", id=quarter.cycle, waiver="The market is gone")
    waivers = {each["scoreWaiver"] for each in (await quarter.scores())["keyResults"]}
    found = await quarter.scores()
    assert (waivers, found["scoreWaiver"], found["score"]) == ({"The market is gone"}, "The market is gone", None)


async def test_scores_are_frozen_until_the_cycle_is_reopened(client: Client, quarter: Quarter) -> None:
    await client.take_steps(quarter.cycle, "BeginClosing", "Close")
    before = await everything(client)
    assert await client.refused("keyResultScore", id=quarter.low, score=None) == FORBIDDEN
    assert await client.refused("objectiveScore", id=quarter.objective, score=1.0, reason="x") == FORBIDDEN
    for mutation, id in (("objectiveUpdate", quarter.objective), ("keyResultUpdate", quarter.low)):
        assert await client.refused(mutation, id=id, retrospective="Late") == FORBIDDEN
    of_cycle = ("CYCLE_STATE_FORBIDS", ["input", "retrospective"])
    assert await client.refused("cycleUpdate", id=quarter.cycle, retrospective="Late") == of_cycle
    assert await everything(client) == before
    await client.take_steps(quarter.cycle, "Reopen")
    await client.make("keyResultScore", id=quarter.low, score=0.5, reason="Counted again")
    assert (await quarter.scores())["score"] == 0.625


async def test_retrospectives_are_written_until_the_close(client: Client, quarter: Quarter) -> None:
    for step in (None, "BeginClosing"):
        if step:
            await client.take_steps(quarter.cycle, step)
        for mutation, id in (
            ("objectiveUpdate", quarter.objective),
            ("keyResultUpdate", quarter.low),
            ("cycleUpdate", quarter.cycle),
        ):
            text = f"What we learned, {step}"
            assert await client.make(mutation, "retrospective", id=id, retrospective=text) == {"retrospective": text}
    both = {"id": quarter.low, "retrospective": "x", "title": "Other"}
    assert await client.refused("keyResultUpdate", **both) == FORBIDDEN


async def test_the_original_target_stays_beside_the_one_in_force(client: Client, quarter: Quarter) -> None:
    await client.make("keyResultUpdate", id=quarter.low, target="8", reason="Fewer people")
    await client.make("keyResultUpdate", id=quarter.low, target="5", reason="Even fewer")
    await client.take_steps(quarter.cycle, "BeginClosing", "Close")
    found = (await quarter.scores())["keyResults"][0]
    # The score is against the target in force at the close.
    assert found == scored(0.8, 0.8, target="5", originalTarget="10")


@pytest.mark.parametrize("count", [1, 12])
async def test_closing_sends_as_many_messages_for_many_goals(
    client: Client, statements: Statements, count: int
) -> None:
    cycle = await client.cycle()
    for _ in range(count):
        objective = await client.objective(cycle)
        await client.check_in(await client.key_result(objective, kind="REACH", target="10"), "4")
    await client.take_steps(cycle, "BeginClosing")
    sent = await statements.of(client.make("cycleClose", id=cycle, acceptProposals=True))
    assert len(sent) == 19


async def test_who_scores(client: Client, quarter: Quarter) -> None:
    await client.take_steps(quarter.cycle, "BeginClosing")
    goals = {"keyResultScore": quarter.low, "objectiveScore": quarter.objective}
    async with await acting(client, "VIEWER") as viewer:
        for mutation, id in goals.items():
            assert await errors(viewer, mutation, id=id) == ["FORBIDDEN"]
    async with await acting(client, "MEMBER") as member:
        for mutation, id in goals.items():
            await member.make(mutation, id=id)
        assert await errors(member, "cycleClose", id=quarter.cycle) == ["FORBIDDEN"]
    await client.make("organizationUpdate", memberEditing="OWN")
    async with await acting(client, "MEMBER") as member:
        for mutation, id in goals.items():
            assert (await member.refused(mutation, id=id))[0] == "NOT_EDITABLE"
