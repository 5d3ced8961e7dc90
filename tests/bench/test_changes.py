"""Changes of a request written again by statements."""

from bench.by_hand.changes import Change, Column, merged, steps

KEYS = [Column("organization_id", "uuid", True), Column("id", "uuid", True)]
TABLES = {
    "goals": [*KEYS, Column("title", "text", False), Column("since", "timestamp with time zone[]", False)],
    "notes": [*KEYS, Column("text", "text", False)],
}


def goal(verb: str, id: int, title: str, *changed: str) -> Change:
    row = {"organization_id": 1, "id": id, "title": title, "since": []}
    return Change("goals", verb, (1, id), {name: row[name] for name in changed or row}, row)


def note(id: int) -> Change:
    row = {"organization_id": 1, "id": id, "text": f"note {id}"}
    return Change("notes", "INSERT", (1, id), row, row)


def test_a_row_that_was_changed_twice_is_written_once_as_it_is_at_last() -> None:
    assert merged([goal("INSERT", 7, "A"), note(1), goal("UPDATE", 7, "B", "title")]) == [
        goal("INSERT", 7, "B"),
        note(1),
    ]
    deletion = Change("goals", "DELETE", (1, 7), {}, {})
    assert merged([goal("UPDATE", 7, "A", "title"), deletion]) == [deletion]
    assert merged([goal("INSERT", 7, "A"), deletion]) == []


def test_rows_of_a_table_are_updated_by_one_statement_with_all_columns_that_any_has_changed() -> None:
    [step] = steps([goal("UPDATE", 1, "A", "title"), goal("UPDATE", 2, "B", "since")], TABLES)
    assert step.statement == (
        "UPDATE goals SET title = $3, since = $4::text[]::timestamp with time zone[] "
        "WHERE organization_id = $1 AND id = $2"
    )
    assert step.arguments == [(1, 1, "A", []), (1, 2, "B", [])]


def test_many_rows_are_inserted_from_one_array_for_each_column() -> None:
    [one, many] = steps([goal("INSERT", 1, "A"), note(1), note(2)], TABLES)
    assert one.arguments == [(1, 1, "A", [])]
    assert many.statement == (
        "INSERT INTO notes (organization_id, id, text) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[])"
    )
    assert many.arguments == [[[1, 1], [1, 2], ["note 1", "note 2"]]]
