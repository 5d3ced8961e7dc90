"""Every column that may hold personal data is erased, or is named here with the reason why it stays."""

from collections.abc import Iterable, Iterator

import pytest
from sqlalchemy import ARRAY, Column, Enum, LargeBinary, MetaData, String, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from service.people.erasure import ERASED_FACTS
from service.people.models import Person
from service.postgres.tables import tables_in_order
from service.writing.rows import facts_of

# What an erasure rewrites, besides the columns of people: by the command, and by the function of the database.
ERASED = {
    *(f"people.{name}" for name in ERASED_FACTS),
    *("api_keys.name", "events.changes", "events.reason", "events.input_digest"),
    *("audit_events.client_address", "share_tokens.name"),
}
COMPUTED = "progress_reason staleness_steps status_reasons status_steps step_reason step_staleness step_status"
REVIEW = "retrospective score_reason score_waiver"
OF_KPIS = "category definition formula input_names name scale unit"
# Columns that stay, by the reason and by their tables.
KEPT: dict[str, dict[str, str]] = {
    "The organization's record of its work. What it may say of a person cannot be known.": {
        "check_ins": "note",
        "cycle_revisions": "name retrospective",
        "cycles": "name retrospective",
        "key_result_revisions": f"description title unit {REVIEW}",
        "key_results": f"description title unit {REVIEW}",
        "kpi_measurement_revisions": "reason source",
        "kpi_measurements": "reason source",
        "kpi_revisions": OF_KPIS,
        "kpis": OF_KPIS,
        "initiative_check_ins": "note",
        "initiatives": "description title",
        "links": "system title url",
        "milestone_revisions": "title",
        "milestones": "title",
        "objective_revisions": f"description title {REVIEW}",
        "objectives": f"description title {REVIEW}",
        "organizations": "name",
        "pillars": "description name",
        "service_accounts": "name",
        "status_policies": "reason",
        **dict.fromkeys(("team_revisions", "teams"), "avatar_url color name"),
    },
    "Id that an object which is no person has in another system.": dict.fromkeys(
        [
            *("alignments", "check_ins", "cycles", "key_results", "kpi_links", "kpi_targets", "kpis", "links"),
            *("initiative_check_ins", "initiatives"),
            *("milestones", "objectives", "pillars", "service_accounts", "teams"),
        ],
        "external_id",
    ),
    "Computed from goals.": {
        "key_results": COMPUTED,
        "objectives": f"active_parent_presence child_presence parent_presence {COMPUTED}",
    },
    "Names of time zones, languages, currencies, scopes and types.": {
        **dict.fromkeys(("team_revisions", "teams"), "locale time_zone"),
        "organizations": "time_zone",
        **dict.fromkeys(("kpi_revisions", "kpis"), "currency time_zone"),
        **dict.fromkeys(("key_result_revisions", "key_results"), "currency"),
        **{"api_keys": "scopes", "events": "subject_type", "audit_events": "subject_type"},
    },
    "Id of a request, which logs have, too.": {"events": "request_id"},
    "Code of an error, ids, roles, scopes and names of fields.": {"audit_events": "code details request_id"},
    "Hash of a random secret, which says nothing of anybody. It opens nothing any more.": {
        "api_keys": "secret_hash",
        "share_tokens": "secret_hash",
    },
    "Filter of KPIs.": {"share_tokens": "kpi_filter"},
}
KEPT_COLUMNS = [
    f"{table}.{column}" for kept in KEPT.values() for table, columns in kept.items() for column in columns.split()
]


def may_be_personal(column: Column[object]) -> bool:
    """Whether a column can hold what somebody wrote, or a trace of it: text, JSON and bytes; no ids and no enums."""
    kind = column.type.item_type if isinstance(column.type, ARRAY) else column.type
    return isinstance(kind, String | JSONB | LargeBinary) and not isinstance(kind, Enum | Uuid)


def texts(tables: Iterable[Table]) -> Iterator[str]:
    """The columns that may be personal, as `table.column`."""
    yield from (
        f"{table.name}.{column.name}" for table in tables for column in table.columns if may_be_personal(column)
    )


def unnamed(tables: Iterable[Table]) -> list[str]:
    """The columns that may be personal and are neither erased nor named."""
    return [name for name in texts(tables) if name not in {*ERASED, *KEPT_COLUMNS}]


def test_every_column_is_erased_or_named_once() -> None:
    assert unnamed(tables_in_order()) == []
    assert sorted([*ERASED, *KEPT_COLUMNS]) == sorted(texts(tables_in_order()))


def test_what_somebody_says_of_a_person_is_erased() -> None:
    """A new fact of a person is erased, or is no personal data, as the role is none."""
    assert set(facts_of(Person)) == {*ERASED_FACTS, "role"}
    assert [name for name in texts([Person.__table__]) if name not in ERASED] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", [Text(), JSONB(), LargeBinary(), ARRAY(Text())], ids=lambda kind: type(kind).__name__)
def test_a_new_column_is_found(kind: object) -> None:
    added = Table("people_of_tomorrow", MetaData(), Column("nickname", kind), Column("id", Uuid()))  # type: ignore[arg-type]
    assert unnamed([*tables_in_order(), added]) == ["people_of_tomorrow.nickname"]
