"""The demo workspace: it imports as it is, and its goals are the examples of docs/numbers.md."""

from typing import Any

import pytest

from tests.kit.client import Client

KEY_RESULT = "title target current progress progressRaw progressReason checkIns(first: 10) { nodes { value } }"
STATEMENT = (
    "We will become profitable as measured by decreasing financial waste, increasing inflow by $3.5 billion, and "
    "growing by 2 million customers."
)


def row(
    title: str, target: Any, current: Any, progress: Any, raw: Any, reason: str, *said: str | None
) -> dict[str, Any]:
    """A key result as it shows; `said` are the values of its check-ins, the first one first; None of a note alone."""
    return {
        "title": title,
        "target": target,
        "current": current,
        "progress": progress if progress is None else pytest.approx(progress, abs=5e-5),
        "progressRaw": raw if raw is None else pytest.approx(raw, abs=5e-5),
        "progressReason": reason,
        "checkIns": {"nodes": [{"value": value} for value in reversed(said)]},
    }


def computed(title: str, target: str | None, progress: float, *said: str) -> dict[str, Any]:
    """A key result whose progress is the same without its bounds."""
    return row(title, target, said[-1], progress, progress, "COMPUTED", *said)


RESOLUTION, THANKS = (
    "Reduce support ticket resolution time by 20%",
    "Send a thank-you message to every donor within 24 hours",
)
CASES = {
    "a1-nps": computed("Increase Net Promoter Score from 60 to 75", "75", 0.4, "55", "80", "75", "66"),
    "a2-resolution": computed(RESOLUTION, "8", 0.5, "11", "9"),
    "a2-resolution-partners": row(RESOLUTION, None, None, None, None, "BASELINE_MISSING", None),
    "a3-rating": computed("Achieve a 4.5+ rating on review platforms", "4.5", 1, "4.49", "4.5"),
    "a4-response": computed(
        *("Reduce average response time from 12 hours to 4 hours", "4", 0.5), *("12", "14", "2", "8")
    ),
    "a5-csat": computed("Increase customer satisfaction score from 7.5 to 9", "9", 0.5, "7.8", "8.25"),
    "a6-first-contact": computed("Resolve 95% of tickets within the first contact", "95", 0.8, "83", "92"),
    "a6-first-contact-new": computed("Resolve 95% of tickets within the first contact", "95", 1, "92", "95"),
    "a8-sales": row("Increase monthly sales by 15%", "230000", "215000", 0.5, 0.5, "COMPUTED"),
    "a9-drop-off": row("Reduce user drop-off in the first week by 25%", "30", "35", 0.5, 0.5, "COMPUTED"),
    "a10-waste": row("decreasing financial waste", None, None, None, None, "NOT_MEASURABLE", None),
    "a11-inflow": computed(
        *("increasing inflow by $3.5 billion", "12600000000", 0.4), *("9450000000", "9975000000", "10500000000")
    ),
    "a12-customers": computed(
        *("growing by 2 million customers", "7000000", 0.5), *("5180000", "5460000", "5730000", "6000000")
    ),
    "a15-interviews": computed(
        "Conduct customer research and interviews with 100 potential users", "100", 0.45, "18", "45"
    ),
    "a16-prototypes": computed("Develop and test three different product prototypes", "3", 1 / 3, "1"),
    "a17-thanks": computed(THANKS, "100", 0, "99.9"),
    "a17-thanks-distance": computed(THANKS, "100", 0.999, "99.9"),
}
OBJECTIVES = {
    "a7-satisfaction": ("Improve customer satisfaction", 0.575),
    "a7-satisfaction-q2": ("Improve customer satisfaction", 0.6333),
    "a22-certification": ("Certify crews in remote diagnostics", 0.73),
    "a22-field-planning": ("Let field crews plan their own days", 0.3933),
}


async def test_its_key_results_are_the_acceptance_cases(demo: Client) -> None:
    read = f"query($id: String!) {{ keyResult(externalId: $id) {{ {KEY_RESULT} }} }}"
    seen = {name: (await demo.data(read, id=name))["keyResult"] for name in CASES}
    assert seen == CASES


async def test_career_training_was_not_offered_and_then_was(demo: Client) -> None:
    read = f'{{ keyResult(externalId: "a13-career-training") {{ {KEY_RESULT} }} }}'
    seen = (await demo.data(read))["keyResult"]
    said = [each["value"] for each in seen.pop("checkIns")["nodes"]]
    # The last one says nothing of the value, so it stays.
    assert said == [None, "1", "0"]
    expected = row("Offering free career training", None, "1", 1, 1, "COMPUTED")
    assert seen == {name: value for name, value in expected.items() if name != "checkIns"}


async def test_its_objectives_are_the_acceptance_cases(demo: Client) -> None:
    read = "query($id: String!) { objective(externalId: $id) { title progress progressRaw progressReason } }"
    for name, (title, progress) in OBJECTIVES.items():
        value = pytest.approx(progress, abs=5e-5)
        assert (await demo.data(read, id=name))["objective"] == {
            **{"title": title, "progress": value, "progressRaw": value, "progressReason": "COMPUTED"}
        }


async def test_the_statement_reads_as_it_was_said(demo: Client) -> None:
    read = '{ objective(externalId: "a14-profitable") { statement progress keyResults { externalId lifecycle } } }'
    assert (await demo.data(read))["objective"] == {
        "statement": STATEMENT,
        "progress": 0.45,
        "keyResults": [
            {"externalId": "a10-waste", "lifecycle": "DRAFT"},
            {"externalId": "a11-inflow", "lifecycle": "ACTIVE"},
            {"externalId": "a12-customers", "lifecycle": "ACTIVE"},
        ],
    }
