"""docs/numbers.md as a document: its sections, and that every table of it is executed."""

import re
from decimal import Decimal
from math import atan, pi
from pathlib import Path

from service.cadence.due import Cadence
from service.cycles.pace import Policy
from service.kpis.current.trend import MAX_TREND_VALUES, MIN_TREND_VALUES, QUANTILES
from service.kpis.series import expectation
from service.kpis.targets.evaluation import AMBER_ATTAINMENT, GREEN_ATTAINMENT
from service.rollup.pace_status import EARLY_SHARE
from service.rollup.status_timeline import GRACE
from service.values.decimals import MAX_PROGRESS_DIGITS
from service.values.parsing import MAX_FRACTION_DIGITS, MAX_INTEGER_DIGITS
from service.values.weights import MAX_WEIGHT
from tests.docs.numbers_page import HEADING, TEXT, Row, executes, executes_whole, tables, told

NUMBER = re.compile(r"(?<![\w.])[0-9]+(?:\.[0-9]+)?(?![\w.]*\w)")
POLICY = Policy()
CONSTANTS = (
    *(MAX_INTEGER_DIGITS, MAX_FRACTION_DIGITS, MAX_PROGRESS_DIGITS, MAX_WEIGHT),
    *(POLICY.on_track, POLICY.at_risk, Cadence().days, GRACE.days),
    *(float(EARLY_SHARE), GREEN_ATTAINMENT, AMBER_ATTAINMENT, MAX_TREND_VALUES, MIN_TREND_VALUES),
    # Student's distribution with one degree of freedom has a formula.
    round(2 * atan(QUANTILES[1]) / pi, 12),
)


def test_every_table_is_executed_by_a_test() -> None:
    here = Path(__file__).parent
    code = "".join(path.read_text() for path in sorted(here.glob("test_numbers*.py")))
    executed = re.findall(r"^@(?:executes|executes_whole)\(\"([a-z-]+)\"\)", code, re.M)
    assert sorted(name for _, name, _ in tables()) == sorted(executed)


def test_sections_are_numbered_in_order() -> None:
    headings = [line for line in TEXT.splitlines() if line.startswith("##")]
    assert [match[1] for line in headings if (match := HEADING.match(line))] == [
        str(n) for n in range(1, len(headings) + 1)
    ]


def test_a_number_in_a_sentence_is_one_of_the_tables() -> None:
    """Of its own section, or a fixed number of section 1; 0, 1, 2 and 100 are parts of formulas."""
    cells_of: dict[str, set[Decimal]] = {}
    for section, _, rows in tables():
        text = " ".join(cell for row in rows for cell in row.values())
        cells_of.setdefault(section, set()).update(map(Decimal, re.findall(r"[0-9]+(?:\.[0-9]+)?", text)))
    known = {Decimal(n) for n in (0, 1, 2, 100)} | cells_of["1"]
    for part in re.split(r"^## ", TEXT, flags=re.M)[1:]:
        section, _, body = part.partition(". ")
        prose = " ".join(line for line in body.splitlines()[1:] if not line.startswith(("|", "<!--")))
        found = {Decimal(number) for number in NUMBER.findall(re.sub(r"sections? [0-9]+", "", prose))}
        assert (section, found - known - cells_of.get(section, set())) == (section, set())


def test_lines_are_short() -> None:
    assert [line for line in TEXT.splitlines() if len(line) > 120] == []


@executes_whole("constants")
def test_fixed_numbers(rows: list[Row]) -> None:
    assert all(row["fixed number"] for row in rows)
    assert [row["value"] for row in rows] == [
        told(number, row["value"]) for number, row in zip(CONSTANTS, rows, strict=True)
    ]


@executes("grace")
def test_default_days_of_grace(row: Row) -> None:
    assert dict(row) == {frequency.value: str(days) for frequency, days in expectation.DEFAULT_GRACE_DAYS.items()}
    assert [row[name] for name in row]
