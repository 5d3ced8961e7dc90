"""The limits in docs/api.md are those of the code, and none of a document, a text or a setting is missing."""

from dataclasses import fields

from schema import workspace
from schema.execution.documents.limits import ADVICE, Limits
from schema.kpis.measurements import mutations
from schema.relay.page_arguments import DEFAULT_PAGE_SIZE
from service.reading import budget, filters, keyset
from service.settings import Settings, variable_of
from service.values import parsing
from service.writing.texts import text_limits
from tests.docs.limits import documents_rows, limits, number, setting, values_rows
from tests.docs.page import PAGE, section
from tests.docs.write import PARTS, written

# Limits that no client meets.
OF_THE_OPERATOR = {"shutdown_timeout", "connection_limit", "replica_lag_limit"}


def test_the_table_is_up_to_date() -> None:
    assert section("limits").strip() == limits().strip(), "run `python -m tests.docs.write` and review the difference"


def test_writing_it_anew_changes_nothing() -> None:
    page = PAGE.read_text("utf-8")
    assert written(page, PARTS[PAGE]) == page
    assert written(page.replace("| 20 000 bytes |", "| 30 000 bytes |"), PARTS[PAGE]) == page


def test_every_limit_of_a_document_is_in_it() -> None:
    rows = documents_rows()
    told = {name for name in (*ADVICE, "document") if any(f"`{name}`" in beyond for _, _, beyond in rows)}
    assert told == {*ADVICE, "document"}
    assert {number(getattr(Limits(), each.name)) for each in fields(Limits)} <= {limit for _, limit, _ in rows}


def test_every_limit_of_a_text_is_in_it() -> None:
    assert sum(what.count(", ") + 1 for what, _, beyond in values_rows() if "TOO_LONG" in beyond) == len(text_limits())


def test_every_setting_that_is_a_limit_is_in_it() -> None:
    names = {name for name in Settings.model_fields if name.endswith(("_limit", "_timeout"))}
    table = section("limits")
    assert [name for name in names - OF_THE_OPERATOR if f"`{variable_of(name)}`" not in table] == []


def test_numbers_in_sentences_are_those_of_the_code() -> None:
    page = " ".join(PAGE.read_text("utf-8").split())
    assert f"a page has {DEFAULT_PAGE_SIZE}. A page has at most {keyset.MAX_PAGE_SIZE}." in page
    assert f"Only {budget.MAX_SEARCHES} comparisons with `contains`" in page
    assert f"one of up to {filters.MAX_LIST_MEMBERS};" in page
    assert f"Digits beyond {parsing.MAX_FRACTION_DIGITS} after the point" in page
    assert f"text of up to {text_limits()['external_id'].max_length} characters" in page
    assert f"takes 1 to {number(mutations.MAX_MEASUREMENTS)} measurements" in page
    assert f"more than {number(mutations.MAX_MEASUREMENTS)} measurements" in page
    megabytes = Settings.model_fields["bulk_body_limit"].default // 1_000_000
    assert f"takes {number(workspace.MAX_ITEMS)} items in {megabytes} MB" in page
    # Who polls has to see again what a write may commit that long after it began.
    assert Settings.model_fields["import_timeout"].default < 2 * 60
    assert "for the last two minutes" in page


def test_numbers_have_their_thousands_apart() -> None:
    assert [number(each) for each in (12, 2_000, 2**53, 10.0, 0.5)] == [
        "12",
        "2 000",
        "9 007 199 254 740 992",
        "10",
        "0.5",
    ]
    assert setting("body_limit", "bytes") == "1 000 000 bytes (`OKRGRAPH_BODY_LIMIT`)"
