"""An objective and its key results as one sentence, case by case."""

import orjson
import pytest

from service.objectives.statement import statement
from service.settings import ROOT


@pytest.mark.parametrize(
    ("objective", "key_results", "sentence"),
    [
        (
            "Become profitable",
            ["Decreasing financial waste", "increasing inflow by $3.5 billion", "Growing by 2 million customers"],
            "We will become profitable as measured by decreasing financial waste, increasing inflow by $3.5 billion, "
            "and growing by 2 million customers.",
        ),
        ("become profitable.", [], "We will become profitable."),
        ("  Delight customers  ", ["NPS to 75"], "We will delight customers as measured by NPS to 75."),
        ("Grow", ["More sales.", "Less waste."], "We will grow as measured by more sales and less waste."),
        ("Grow", ["a", "b", "c", "d"], "We will grow as measured by a, b, c, and d."),
        ("IPO", ["KPIs met", "iOS app"], "Our objective: IPO as measured by KPIs met and iOS app."),
        ("A", ["É"], "Our objective: A as measured by é."),
        (
            "Q2 launch",
            ["LinkedIn followers", "R&D costs"],
            "Our objective: Q2 launch as measured by LinkedIn followers and R&D costs.",
        ),
        ("3 prototypes", ["100 interviews"], "Our objective: 3 prototypes as measured by 100 interviews."),
    ],
)
def test_the_sentence(objective: str, key_results: list[str], sentence: str) -> None:
    assert statement(objective, key_results) == sentence


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("we will become profitable", "We will become profitable."),
        ("We'll Become profitable.", "We will become profitable."),
        ("We will OKR adoption", "We will OKR adoption."),
        ("To become profitable", "We will become profitable."),
        ("To the moon", "Our objective: To the moon."),
        ("i win", "Our objective: i win."),
        ("OKR adoption", "Our objective: OKR adoption."),
        ("increasing inflow by $3.5 billion", "Our objective: increasing inflow by $3.5 billion."),
        ("TAKE COMPLAINTS DOWN TO ZERO!!", "We will take COMPLAINTS DOWN TO ZERO."),
        # Words that are verbs and nouns.
        ("Launch on both app stores", "We will launch on both app stores."),
        ("Launch readiness", "Our objective: Launch readiness."),
        ("Win in Europe", "We will win in Europe."),
        ("Win rate above 30 %", "Our objective: Win rate above 30 %."),
        ("Increase sales", "We will increase sales."),
        ("Increase in sales", "Our objective: Increase in sales."),
        ("Cost of sales below 3 %", "Our objective: Cost of sales below 3 %."),
        ("Volunteer hours are to go up", "Our objective: Volunteer hours are to go up."),
        ("Support is quick", "Our objective: Support is quick."),
        ("Set-up takes a minute", "Our objective: Set-up takes a minute."),
        ("", "Our objective: ."),
    ],
)
def test_a_verb_or_not(title: str, sentence: str) -> None:
    assert statement(title, []) == sentence


NO_VERB = """
    engine temperature 90±5
    increasing inflow by $3.5 billion
    offering free career training
    Our hospital pharmacy keeps its fridges at 2 °C to 8 °C
    No fewer than two nurses on every night shift
    First the data clean-up, after that the migration, and last the switch-off of the old CRM
    Inventory turns: min. 6, max. 9
    Stock cover stays within 10 to 14 days
    100 % of wards audit their hand hygiene every month
    Reading scores in grade five: +6 points
    We want fewer sick days per employee: 11 instead of 14 by the end of next year
    Zero unplanned outages in the dispatch centre
    Overtime reduced by 35% against the 2,400 hours of Q2
    Staff turnover stays below 9% through the end of 2027
    Two hundred and fifty households switch to the heat network by 2028
    The night shift has thrown its handbook away
    One street restarts by itself
"""
VERB_FIRST = """
    Host five open evenings for prospective pupils this quarter
    Hand the audit file over to the regulator by Friday
    Baseline the time teachers spend on marking
    Answer before anybody has to ask twice
    Reply within 15 minutes at night, week after week
    Sleep through my nights on call
    Light 120 schools
    Be the energy company that households recommend
    Design, build and commission the rainwater tank by the end of June
    Measure for the first time how satisfied our suppliers are
"""


@pytest.mark.parametrize("title", [line.strip() for line in NO_VERB.strip().splitlines()])
def test_a_title_without_a_verb_first_is_told_as_it_is(title: str) -> None:
    assert statement(title, []) == f"Our objective: {title}."


@pytest.mark.parametrize("title", [line.strip() for line in VERB_FIRST.strip().splitlines()])
def test_a_title_with_a_verb_first_is_what_we_will(title: str) -> None:
    assert statement(title, []) == f"We will {title[0].lower()}{title[1:]}."


def test_the_titles_of_the_demo_workspace() -> None:
    lines = (ROOT / "demo" / "workspace.jsonl").read_text().splitlines()
    titles = {item["title"] for item in map(orjson.loads, lines) if item["type"] == "Objective"}
    as_they_are = {title for title in titles if statement(title, []).startswith("Our objective: ")}
    assert as_they_are == set()
