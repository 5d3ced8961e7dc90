"""Measurements that are validated together are accepted exactly if each of them is, and none becomes an object."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.kpis.measurements.mutations import KpiMeasurementInput, KpiMeasurementResult
from service.kpis.measurements.columns import MeasurementColumns, validate_columns, validate_each
from service.kpis.measurements.points import MeasurementInput, RecordingResult, ValueInvalid
from tests.kit.client import Client
from tests.kit.examples import examples
from tests.kit.kpis import kpi, recorded

NOW = datetime(2026, 7, 2, 2, tzinfo=UTC)


class KpiRow(NamedTuple):
    """What recording reads of a KPI."""

    id: UUID
    external_id: str | None
    frequency: str = "DAILY"
    time_zone: str = "UTC"
    fiscal_year_start_month: int = 1
    source: str = "MEASURED"
    value_type: str = "QUANTITATIVE"
    scale: tuple[str, ...] = ()
    archived_at: datetime | None = None
    name: str = "K"


ROWS = [
    KpiRow(UUID(int=1), "daily"),
    KpiRow(UUID(int=2), "west", time_zone="America/Los_Angeles"),
    KpiRow(UUID(int=3), None, frequency="QUARTERLY", fiscal_year_start_month=4),
    KpiRow(UUID(int=4), "mood", value_type="QUALITATIVE", scale=("bad", "good")),
    KpiRow(UUID(int=5), "old", archived_at=NOW),
    KpiRow(UUID(int=6), "made", source="FORMULA"),
]
KPIS: dict[UUID | str, Any] = {row.id: row for row in ROWS} | {row.external_id: row for row in ROWS if row.external_id}
DAYS = st.sampled_from([date(2026, 7, 2), date(2026, 7, 1), date(2026, 6, 3), date(1900, 1, 1), date(2026, 7, 3)])
INSTANTS = st.sampled_from([datetime(2026, 7, 1, 3, tzinfo=UTC), datetime(2026, 7, 2, 12, tzinfo=UTC)])


def inputs(is_deletion: bool, good: bool) -> st.SearchStrategy[MeasurementInput]:
    """Measurements; those that are not only `good` may have anything wrong with them."""
    ids = st.sampled_from([row.id for row in (ROWS[:3] if good else [*ROWS, KpiRow(UUID(int=9), None)])])
    externals = st.sampled_from(["daily", "west"] if good else ["daily", "mood", "made", "", "nobody"])
    numbers = st.sampled_from([Decimal(1), Decimal("1.5"), Decimal(2)])
    labels = st.sampled_from(["bad", "good", "superb"])
    none: st.SearchStrategy[Any] = st.none()
    pairs: dict[str, st.SearchStrategy[Any]] = {
        "key": st.tuples(ids, none) | st.tuples(none, externals),
        "day": st.tuples(DAYS, none) | st.tuples(none, INSTANTS),
        "value": st.tuples(none, none) if is_deletion else st.tuples(numbers, none),
        "unreadable": st.just(()),
    }
    if not good:
        pairs["key"] |= st.tuples(none | ids, none | externals)
        pairs["day"] |= st.tuples(none | DAYS, none | INSTANTS)
        pairs["value"] |= none.map(lambda _: (None, None)) if is_deletion else st.tuples(none | numbers, none | labels)
        pairs["unreadable"] = st.sampled_from([(), (), (), (ValueInvalid(("value",), problem="?"),)])
    return st.builds(
        lambda key, day, value, unreadable: MeasurementInput(*key, *day, *value, None, None, is_deletion, unreadable),  # type: ignore[call-arg]
        **pairs,
    )


@st.composite
def batches(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[MeasurementInput]:
    is_deletion, good = draw(st.booleans()), draw(st.booleans())
    batch: list[MeasurementInput] = draw(st.lists(inputs(is_deletion, good), min_size=1, max_size=4))
    return batch


@given(batches())
@settings(max_examples=examples(300, 1500), deadline=None)
def test_all_are_accepted_together_exactly_if_each_is(batch: list[MeasurementInput]) -> None:
    columns = MeasurementColumns.of(batch)
    assert list(columns.inputs()) == batch
    together = validate_columns(columns, KPIS, NOW)
    one_by_one, refusals = asyncio.run(validate_each(columns, KPIS, NOW, lambda _: ()))
    if together is None:
        assert refusals
    else:
        assert refusals == {}
        assert together._replace(indexes=list(together.indexes)) == one_by_one


def test_measurements_to_record_and_to_delete_are_no_one_batch() -> None:
    both = [MeasurementInput(UUID(int=1), None, NOW.date(), None, None, is_deletion=kind) for kind in (True, False)]
    with pytest.raises(ValueError, match="either recorded or deleted"):
        MeasurementColumns.of(both)


async def test_no_object_is_created_for_a_measurement_unless_one_is_refused(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await kpi(client, frequency="DAILY")
    created = count_instances(monkeypatch, KpiMeasurementInput, KpiMeasurementResult, MeasurementInput, RecordingResult)
    points = [
        {"kpiId": id, "on": f"2026-{month:02}-{day:02}", "value": "1"} for month in (4, 6) for day in range(1, 31)
    ]
    payload = await recorded(client, points)
    assert (payload["changed"], len(payload["results"]), created) == (60, 60, Counter())
    payload = await recorded(client, [*points, {"kpiId": id, "on": "2027-01-01", "value": "1"}])
    assert (payload["failed"], created) == (1, {"MeasurementInput": 61, "RecordingResult": 60})


def count_instances(monkeypatch: pytest.MonkeyPatch, *classes: type) -> Counter[str]:
    """The number of instances that are created of each class from now on."""
    created: Counter[str] = Counter()
    for each in classes:
        initialize: Any = vars(each)["__init__"]

        def count(self: Any, *arguments: Any, _initialize: Any = initialize, **named: Any) -> None:
            created[type(self).__name__] += 1
            _initialize(self, *arguments, **named)

        monkeypatch.setattr(each, "__init__", count)
    return created
