"""Answers of different servers in one form."""

from bench.documents.document import Json
from bench.documents.normalize import first_difference, normalize
from bench.documents.postgraphile import in_our_form


def test_numbers_times_ids_and_names_have_one_form() -> None:
    ours: Json = {
        "target": "50",
        "at": "2026-03-01T09:00:00Z",
        "changes": {"personId": "UGVyc29uOjAxYTIyN2MzLWZkODItNzUxMy1hNjExLWMzYzgwNDA5ZjIwZg"},
        "done": True,
        "title": "Win 2026",
    }
    by_hand: Json = {
        "target": 50.0,
        "at": "2026-03-01T10:00:00+01:00",
        "changes": {"person_id": "01a227c3-fd82-7513-a611-c3c80409f20f"},
        "done": True,
        "title": "Win 2026",
    }
    assert normalize(ours) == normalize(by_hand)


def test_the_first_difference_is_named_by_its_path() -> None:
    assert first_difference({"a": [{"b": 1.0}]}, {"a": [{"b": 1.0 + 1e-9}]}) is None
    assert first_difference({"a": [{"b": 1.0}]}, {"a": [{"b": 1.1}]}) == ".a[0].b: 1.0 and 1.1"
    assert first_difference({"a": [1, 2]}, {"a": [1]}) == ".a: 2 and 1 members"
    assert first_difference({"a": True}, {"b": True}) == ": ['a'] and ['b']"
    assert first_difference({"a": None}, {"a": 0.0}) == ".a: None and 0.0"


def test_lists_of_postgraphile_have_the_wrappers_of_ours() -> None:
    answer: Json = {
        "objective": [{"title": "A", "children": [{"child": {"title": "B"}}], "keyResults": [{"title": "K"}]}]
    }
    assert in_our_form(answer) == {
        "objective": {"title": "A", "children": {"nodes": [{"title": "B"}]}, "keyResults": [{"title": "K"}]}
    }
