"""Whatever is done to goals over the API in whatever order, all their numbers are those of the model.

`make fuzz` sets OKRGRAPH_FUZZ; a hundredth of it is the number of histories.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.app import create_app
from service.postgres.database import Database
from service.settings import Settings
from tests.kit.client import Clock, founded
from tests.model.goal_comparing import differences
from tests.model.goal_history import GoalHistory
from tests.model.reducing import ensure_no_difference, histories

PLACES = st.integers(0, 3)
CYCLES = st.integers(0, 2)
NUMBERS = st.decimals(-50, 150, places=1)
WEIGHTS = st.sampled_from([0.0, 0.1, 0.5, 1.0, 3.0])
MODES = st.sampled_from(["LATEST", "ADHERENCE", "DISTANCE"])
STATUSES = st.sampled_from([None, "ON_TRACK", "AT_RISK", "OFF_TRACK"])
CONFIDENCES = st.sampled_from([None, 0.0, 0.25, 0.7])
EDGES = st.sampled_from(["CONTRIBUTES", "CONTRIBUTES", "SUPPORTS"])
SAID = st.tuples(NUMBERS | st.none(), STATUSES, CONFIDENCES, st.integers(0, 9))
CONTROL_KINDS = ["AT_LEAST", "AT_MOST", "WITHIN_RANGE"]
LINEAR_KINDS = ["INCREASE", "DECREASE", "INCREASE_BY", "DECREASE_BY", "INCREASE_BY_PERCENT", "DECREASE_BY_PERCENT"]
KINDS = st.sampled_from([*LINEAR_KINDS, "REACH", *CONTROL_KINDS, "MILESTONE", "BINARY", "BASELINE"])
LIFECYCLES = st.sampled_from(["DRAFT", "ACTIVE", "CANCELLED"])
GRANULARITIES = st.sampled_from(["DAY", "DAY", "DAY", "MONTH", "QUARTER", "YEAR"])
DAYS = st.dates(date(2025, 12, 20), date(2026, 6, 20)).map(date.isoformat)
DATES = st.none() | st.fixed_dictionaries({"on": DAYS, "granularity": GRANULARITIES})


def changes(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A change of one of these."""
    return st.one_of([st.fixed_dictionaries({name: each}) for name, each in values.items()])


def step(name: str) -> Callable[..., st.SearchStrategy[tuple[Any, ...]]]:
    """Steps of one name with drawn arguments."""
    return lambda *arguments: st.tuples(st.just(name), *arguments)


KEY_RESULT = step("key_result")(PLACES, KINDS, NUMBERS, NUMBERS, WEIGHTS, MODES)
CHECK_IN = step("check_in")(PLACES, st.lists(SAID, min_size=1, max_size=3))
WAIT = step("wait")(st.sampled_from([7, 31, 24 * 6, 24 * 17]))
SOURCES = st.sampled_from(["KEY_RESULTS", "ALIGNED_OBJECTIVES", "BOTH", "MANUAL"])
STEPS = st.one_of(
    WAIT,
    KEY_RESULT,
    KEY_RESULT,
    CHECK_IN,
    CHECK_IN,
    CHECK_IN,
    step("edit_key_result")(
        PLACES,
        changes(
            baseline=NUMBERS,
            target=NUMBERS,
            weight=WEIGHTS,
            lifecycle=LIFECYCLES,
            mode=MODES,
            valueSource=st.sampled_from(["MANUAL", "ALIGNED_OBJECTIVES"]),
        ),
    ),
    step("edit_objective")(
        PLACES,
        changes(
            progressSource=SOURCES, statusSource=st.sampled_from(["WORST_CONTRIBUTOR", "PACE"]), lifecycle=LIFECYCLES
        ),
    ),
    step("check_in_objective")(PLACES, st.decimals(0, 1, places=2) | st.none(), STATUSES, st.integers(0, 9)),
    step("align")(PLACES, PLACES, EDGES, WEIGHTS, st.booleans()),
    step("align")(PLACES, PLACES, EDGES, WEIGHTS, st.booleans()),
    step("edit_alignment")(PLACES, EDGES, WEIGHTS),
    step("unalign")(PLACES),
    step("archive")(st.sampled_from(["keyResult", "objective"]), PLACES, st.booleans()),
    step("milestone")(PLACES, WEIGHTS, st.none() | st.integers(0, 9)),
    step("edit_milestone")(PLACES, changes(weight=WEIGHTS, doneAt=st.sampled_from([None, True]))),
    step("archive_milestone")(PLACES, st.booleans()),
    step("policy")(st.sampled_from([0.8, 0.9, 1.0]), st.sampled_from([0.5, 0.7]), st.sampled_from([1, 7, 30])),
    step("cycle_ends")(CYCLES, st.dates(date(2026, 2, 20), date(2026, 6, 30))),
    step("cycle_outside")(CYCLES, st.booleans()),
    step("edit_objective")(PLACES, changes(start=DATES, due=DATES)),
    step("edit_key_result")(PLACES, changes(start=DATES, due=DATES)),
    step("edit_key_result")(PLACES, changes(start=DATES, due=DATES)),
    step("move_objective")(PLACES, CYCLES),
    step("step")(CYCLES, st.sampled_from(["Activate", "BeginClosing", "Extend", "Close", "Reopen"])),
    step("shut")(CYCLES),
    step("score")(
        st.sampled_from(["keyResult", "objective"]), PLACES, st.sampled_from([None, 0.3, 1.0]), st.booleans()
    ),
)


@histories(12)
@given(st.lists(STEPS, min_size=8, max_size=24))
async def test_goals_are_those_of_the_model(
    clean: None, database: Database, settings: Settings, steps: list[Any]
) -> None:
    async def run(steps: list[Any]) -> list[str]:
        clock = Clock()
        async with await founded(create_app(settings, database, clock), database, clock, "Histories") as client:
            history = GoalHistory(client)
            await history.begin()
            found = []
            for place, each in enumerate(steps):
                await history.do(each)
                if place == len(steps) // 2:
                    found = await differences(history)
            return found + await differences(history)

    await ensure_no_difference(run, steps)
