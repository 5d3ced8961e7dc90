"""Whatever is done to KPIs over the API in whatever order, all their numbers are those of the model.

`make fuzz` sets OKRGRAPH_FUZZ; a hundredth of it is the number of histories.
"""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.app import create_app
from service.postgres.database import Database
from service.settings import Settings
from tests.kit.client import Clock, founded
from tests.model.goal_steps import changes, step
from tests.model.kpi_comparing import differences
from tests.model.kpi_history import KpiHistory
from tests.model.reducing import ensure_no_difference, histories

PLACES = st.integers(0, 6)
VALUES = st.decimals(-20, 120, places=1)
TARGETS = st.decimals(0, 60, places=1)
AGGREGATIONS = st.sampled_from(["LAST", "SUM", "AVERAGE", "MIN", "MAX", "COUNT"])
FREQUENCIES = st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "YEARLY", "IRREGULAR"])
KINDS = st.sampled_from(["INCREASE", "DECREASE", "INCREASE_BY", "DECREASE_BY_PERCENT", "REACH", "AT_LEAST", "AT_MOST"])
MEASURED = st.fixed_dictionaries(
    {
        "frequency": FREQUENCIES,
        "aggregation": AGGREGATIONS,
        "direction": st.sampled_from(["HIGHER", "LOWER", "RANGE"]),
        "cumulative": st.sampled_from([False, False, True]),
        "graceDays": st.integers(0, 4),
        "timeZone": st.sampled_from(["UTC", "Pacific/Auckland", "America/Los_Angeles"]),
    }
)
PARENTS = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["CHILDREN_SUM", "CHILDREN_MEAN"]),
        "frequency": st.sampled_from(["MONTHLY", "QUARTERLY"]),
        "graceDays": st.integers(0, 4),
    }
)
COMPUTED = st.fixed_dictionaries(
    {
        "frequency": st.sampled_from(["MONTHLY", "QUARTERLY"]),
        "aggregation": st.sampled_from(["LAST", "SUM", "AVERAGE"]),
        "graceDays": st.integers(0, 4),
    }
)
KPI = st.tuples(st.just("kpi"), PLACES)
TREES = st.one_of(
    st.tuples(st.sampled_from(["+", "-", "/", "max", "min"]), KPI, KPI),
    st.tuples(st.just("if"), KPI, KPI, st.tuples(st.just("/"), KPI, KPI), KPI),
    st.tuples(st.just("+"), st.tuples(st.just("lag"), KPI, st.integers(1, 3)), KPI),
    st.tuples(st.just("-"), KPI, st.tuples(st.just("sum"), KPI, st.integers(2, 3))),
    st.tuples(st.just("*"), KPI, st.just(2)),
)
POINTS = st.lists(st.tuples(st.integers(0, 130), VALUES | st.none()), min_size=1, max_size=4)
STEPS = st.one_of(
    step("wait")(st.sampled_from([7, 31, 24 * 6, 24 * 20])),
    step("kpi")(MEASURED),
    step("kpi")(PARENTS),
    step("formula")(COMPUTED, TREES),
    step("parent")(PLACES, PLACES),
    step("parent")(PLACES, PLACES),
    step("fill")(PLACES, st.integers(1, 8), st.lists(VALUES, min_size=1, max_size=4)),
    step("fill")(PLACES, st.integers(1, 8), st.lists(VALUES, min_size=1, max_size=4)),
    step("points")(PLACES, POINTS),
    step("points")(PLACES, POINTS),
    step("target")(
        PLACES,
        st.dates(date(2025, 10, 1), date(2026, 4, 1)),
        st.none() | st.integers(5, 90),
        TARGETS,
        st.sampled_from(["RATIO", "RATIO", "ABSOLUTE"]),
    ),
    step("target")(PLACES, st.just(date(2025, 1, 1)), st.none(), TARGETS, st.sampled_from(["RATIO", "ABSOLUTE"])),
    step("edit_target")(PLACES, TARGETS),
    step("archive_target")(PLACES, st.booleans()),
    step("edit_kpi")(
        PLACES,
        changes(
            aggregation=AGGREGATIONS,
            cumulative=st.booleans(),
            graceDays=st.integers(0, 4),
            weight=st.sampled_from([0.5, 1.0, 3.0]),
        ),
    ),
    step("archive_kpi")(PLACES, st.booleans()),
    step("follow")(PLACES, KINDS, VALUES, VALUES, st.booleans()),
    step("guard")(PLACES, PLACES),
    step("unguard")(PLACES),
)


@histories(4)
@given(st.lists(STEPS, min_size=8, max_size=20))
async def test_kpis_are_those_of_the_model(
    clean: None, database: Database, settings: Settings, steps: list[Any]
) -> None:
    async def run(steps: list[Any]) -> list[str]:
        clock = Clock()
        async with await founded(create_app(settings, database, clock), database, clock, "Histories") as client:
            history = KpiHistory(client)
            await history.begin()
            for each in steps:
                await history.do(each)
            return await differences(history)

    await ensure_no_difference(run, steps)
