"""The steps of which histories of goals are drawn, and how often each of them is."""

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import strategies as st

Step = tuple[Any, ...]
PLACES = st.integers(0, 5)
CYCLES = st.integers(0, 2)
PEOPLE = st.integers(0, 2)
NUMBERS = st.decimals(-50, 150, places=1)
WEIGHTS = st.sampled_from([0.0, 0.1, 0.5, 1.0, 3.0])
MODES = st.sampled_from(["LATEST", "ADHERENCE", "DISTANCE"])
STATUSES = st.sampled_from([None, "ON_TRACK", "AT_RISK", "OFF_TRACK"])
CONFIDENCES = st.sampled_from([None, 0.0, 0.33, 0.34, 0.7])
EDGES = st.sampled_from(["CONTRIBUTES", "CONTRIBUTES", "SUPPORTS"])
DAYS_AGO = st.integers(0, 9)
SAID = st.tuples(NUMBERS | st.none(), STATUSES, CONFIDENCES, DAYS_AGO)
CONTROL_KINDS = ["AT_LEAST", "AT_MOST", "WITHIN_RANGE"]
LINEAR_KINDS = ["INCREASE", "DECREASE", "INCREASE_BY", "DECREASE_BY", "INCREASE_BY_PERCENT", "DECREASE_BY_PERCENT"]
KINDS = st.sampled_from([*LINEAR_KINDS, "REACH", *CONTROL_KINDS, "MILESTONE", "BINARY", "BASELINE"])
LIFECYCLES = st.sampled_from(["DRAFT", "ACTIVE", "CANCELLED"])
GRANULARITIES = st.sampled_from(["DAY", "DAY", "DAY", "MONTH", "QUARTER", "YEAR"])
DAYS = st.dates(date(2025, 12, 20), date(2026, 6, 20)).map(date.isoformat)
DATES = st.none() | st.fixed_dictionaries({"on": DAYS, "granularity": GRANULARITIES})
CADENCE = st.fixed_dictionaries(
    {"days": st.sampled_from([1, 7, 7, 14, 30]), "weekday": st.sampled_from([None, None, "FRIDAY", "MONDAY"])}
)
CADENCES = st.none() | CADENCE
SOURCES = st.sampled_from(["KEY_RESULTS", "ALIGNED_OBJECTIVES", "BOTH", "MANUAL"])
GOALS = st.sampled_from(["keyResult", "objective"])
OBJECTIVE_KINDS = st.sampled_from(["ASPIRATIONAL", "COMMITTED", "LEARNING"])
LEVELS = st.sampled_from(["COMPANY", "TEAM", "INDIVIDUAL"])
DECISIONS = st.sampled_from(["KEEP", "KEEP", "MODIFY", "MODIFY", "ABANDON"])
# Mostly into one that comes later.
FROM_INTO = [(0, 1), (0, 2), (1, 2), (0, 1), (0, 2), (1, 2), (1, 0), (2, 0), (2, 1), (1, 1)]
CARRIED = st.tuples(
    DECISIONS,
    st.booleans(),
    st.fixed_dictionaries({}, optional={"kind": OBJECTIVE_KINDS, "level": LEVELS, "ownerId": PEOPLE}),
    st.lists(st.tuples(PLACES, DECISIONS, NUMBERS, NUMBERS, WEIGHTS), max_size=3),
)


def changes(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A change of one of these."""
    return st.one_of([st.fixed_dictionaries({name: each}) for name, each in values.items()])


def step(name: str) -> Callable[..., st.SearchStrategy[Step]]:
    """Steps of one name with drawn arguments."""
    return lambda *arguments: st.tuples(st.just(name), *arguments)


KEY_RESULT_CHANGES = changes(
    baseline=NUMBERS,
    target=NUMBERS,
    weight=WEIGHTS,
    lifecycle=LIFECYCLES,
    mode=MODES,
    ownerId=PEOPLE,
    valueSource=st.sampled_from(["MANUAL", "ALIGNED_OBJECTIVES"]),
)
OBJECTIVE_CHANGES = changes(
    progressSource=SOURCES, statusSource=st.sampled_from(["WORST_CONTRIBUTOR", "PACE"]), lifecycle=LIFECYCLES
)
CORRECTIONS = changes(
    value=NUMBERS | st.decimals(0, 1, places=2) | st.none(), status=STATUSES, confidence=CONFIDENCES, daysAgo=DAYS_AGO
)
# Each with how often it is drawn.
WEIGHTED: list[tuple[int, st.SearchStrategy[Step]]] = [
    (2, step("wait")(st.sampled_from([7, 31, 24 * 6, 24 * 17]))),
    (2, step("key_result")(PLACES, KINDS, NUMBERS, NUMBERS, WEIGHTS, MODES)),
    (3, step("check_in")(PLACES, st.lists(SAID, min_size=1, max_size=3))),
    (1, step("edit_key_result")(PLACES, KEY_RESULT_CHANGES)),
    (1, step("edit_objective")(PLACES, OBJECTIVE_CHANGES)),
    (1, step("edit_key_result")(PLACES, changes(lifecycle=LIFECYCLES))),
    (1, step("edit_objective")(PLACES, changes(kind=OBJECTIVE_KINDS, level=LEVELS, ownerId=PEOPLE))),
    (
        1,
        step("check_in_objective")(PLACES, st.decimals(0, 1, places=2) | st.none(), STATUSES, CONFIDENCES, DAYS_AGO),
    ),
    (4, step("replace")(st.integers(0, 40), st.none() | CORRECTIONS)),
    (2, step("align")(PLACES, PLACES, EDGES, WEIGHTS, st.booleans())),
    (1, step("edit_alignment")(PLACES, EDGES, WEIGHTS)),
    (1, step("unalign")(PLACES)),
    (1, step("archive")(GOALS, PLACES, st.booleans())),
    (1, step("milestone")(PLACES, WEIGHTS, st.none() | DAYS_AGO)),
    (1, step("edit_milestone")(PLACES, changes(weight=WEIGHTS, doneAt=st.sampled_from([None, True])))),
    (1, step("archive_milestone")(PLACES, st.booleans())),
    (1, step("policy")(st.sampled_from([0.8, 0.9, 1.0]), st.sampled_from([0.5, 0.7]), CADENCE)),
    (1, step("team_cadence")(st.just(0), CADENCES)),
    (1, step("cycle_cadence")(CYCLES, CADENCES)),
    (1, step("edit_objective")(PLACES, changes(checkInCadence=CADENCES, teamId=st.integers(0, 1)))),
    (1, step("edit_key_result")(PLACES, changes(checkInCadence=CADENCES))),
    (1, step("cycle_ends")(CYCLES, st.dates(date(2026, 2, 20), date(2026, 6, 30)))),
    (1, step("cycle_outside")(CYCLES, st.booleans())),
    (1, step("edit_objective")(PLACES, changes(start=DATES, due=DATES))),
    (2, step("edit_key_result")(PLACES, changes(start=DATES, due=DATES))),
    (1, step("move_objective")(PLACES, CYCLES)),
    (1, step("step")(CYCLES, st.sampled_from(["Activate", "BeginClosing", "Extend", "Close", "Reopen"]))),
    (1, step("shut")(CYCLES)),
    (1, step("score")(GOALS, PLACES, st.sampled_from([None, 0.3, 1.0]), st.booleans())),
    (
        4,
        step("carry_over")(
            st.sampled_from(FROM_INTO),
            PLACES,
            st.lists(CARRIED, min_size=1, max_size=3),
            st.sampled_from([False, False, False, False, True]),
        ),
    ),
]
# `one_of` leaves out what it is given a second time.
STEPS = st.sampled_from([each for count, each in WEIGHTED for _ in range(count)]).flatmap(lambda each: each)
