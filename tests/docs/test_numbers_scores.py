"""Scores, as docs/numbers.md says them in 22."""

from decimal import Decimal

from service.cycles.scores import EXPECTED_SCORES, band_of, mean_score, needs_postmortem, portfolio_flag
from tests.docs.numbers_page import TEXT, TIMES, Row, executes


@executes("score-bands")
def test_bands(row: Row) -> None:
    score = row.given("score")
    assert band_of(score) == row["band"]
    assert ("yes" if needs_postmortem("COMMITTED", score) else "no") == row["COMMITTED needs a postmortem"]


def test_expected_scores() -> None:
    expected = {kind: f"{score.normalize():f}" for kind, score in EXPECTED_SCORES.items()}
    assert expected == {"ASPIRATIONAL": "0.7", "COMMITTED": "1"}
    assert "Expected are 0.7 of an ASPIRATIONAL objective and 1 of a COMMITTED one." in TEXT


@executes("portfolios")
def test_portfolios(row: Row) -> None:
    mean = mean_score((1.0, Decimal(score)) for score in row.list("scores"))
    assert mean == row.given("mean")
    assert (portfolio_flag(mean) or "null") == row["flag"]


@executes("scores")
def test_scores_of_objectives(row: Row) -> None:
    parts = [each.split(TIMES) for each in row.list("key results")]
    found = mean_score((float(weight), None if score == "-" else Decimal(score)) for score, weight in parts)
    assert found == row.given("score")
