"""The document of the drill: its rows, what it says when something was wrong, and that the one in git is complete."""

import pytest

from service.settings import ROOT
from tests.drill.faults import FAULTS
from tests.drill.ledger import Verdict
from tests.drill.report import COLUMNS, conclusion, document, row
from tests.drill.running import Result, defects

GOOD = Verdict(
    acknowledged=100,
    lost=0,
    existing_though_refused=0,
    refused=7,
    unknown=2,
    unreached=3,
    others={"TAKEN": 1, "COMMITTED_WITHOUT_RESULT": 2},
    failed=0,
    reads=50,
    reads_not_served=4,
    stale_reads=0,
    max_wait_ms=1250,
    served_again=0.34,
)


def test_the_document_in_git_has_a_row_for_every_fault() -> None:
    lines = (ROOT / "docs" / "drill.md").read_text().splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    assert rows[0] == list(COLUMNS)
    assert [row[0].removesuffix(" (skipped)") for row in rows[2:]] == [fault.title for fault in FAULTS]


def test_the_document_in_git_tells_of_no_loss() -> None:
    text = (ROOT / "docs" / "drill.md").read_text()
    assert "none was lost" in text
    assert "Not as it has to be" not in text


def test_a_row() -> None:
    assert row(Result(FAULTS[0], GOOD)) == [
        *(FAULTS[0].title, "100", "0", "7", "0", "2", "3", "2 COMMITTED_WITHOUT_RESULT, 1 TAKEN"),
        *("4 of 50", "0", "1250", "0.3"),
    ]
    wrong = row(Result(FAULTS[0], GOOD._replace(others={}, failed=2, served_again=None)))
    assert (wrong[7], wrong[11]) == ("2 status 500", "never")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"lost": 1}, "1 acknowledged writes that were not found exactly once"),
        ({"existing_though_refused": 2}, "2 writes found though they were refused"),
        ({"stale_reads": 3}, "3 reads that missed a write of their own client"),
        ({"failed": 4}, "4 answers with status 500 or INTERNAL_SERVER_ERROR"),
        ({"served_again": None}, "no write was acknowledged after the fault"),
    ],
)
def test_what_must_not_be(changed: dict[str, int | None], message: str) -> None:
    assert defects(GOOD) == []
    assert defects(GOOD._replace(**changed)) == [message]  # type: ignore[arg-type]
    assert conclusion([Result(FAULTS[0], GOOD), Result(FAULTS[1], GOOD, (message,))]) == (
        f"**Not as it has to be:**\n\n- {FAULTS[1].title}: {message}"
    )


def test_a_fault_that_was_skipped() -> None:
    text = document([Result(FAULTS[0], GOOD), Result(FAULTS[1], None, (), "no such program")])
    assert f"| {FAULTS[1].title} (skipped) |" in text
    assert f"- **{FAULTS[1].title}:** skipped: no such program." in text
    assert " ".join(text.split()).endswith(
        "Of 100 acknowledged writes under 1 faults none was lost. No refused write was found, nobody missed a write of "
        "their own, no answer was a 500, no process logged a traceback, and `okrgraph doctor` found no difference "
        "after any fault."
    )
