"""Global ids lead back to type and row; anything else is nothing, and never an error of ours."""

import base64
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.relay.node import global_id, parsed, reference
from service.writing.refusals import NotFound

quick = settings(deadline=None, max_examples=150)
names = st.sampled_from(["Objective", "KeyResult", "Cycle", "CheckIn"])
anything = st.text() | st.binary().map(lambda b: base64.urlsafe_b64encode(b).decode())
almost = st.builds(
    lambda name, rest: base64.urlsafe_b64encode(f"{name}:{rest}".encode()).decode(),
    names,
    st.text(st.characters(codec="utf-8")) | st.text("0123456789abcdef-{}", min_size=30, max_size=40),
)


def is_uuid(text: str) -> bool:
    try:
        return isinstance(UUID(text), UUID)
    except ValueError:
        return False


@quick
@given(names, st.uuids())
def test_a_global_id_comes_back_as_type_and_row(name: str, id: UUID) -> None:
    encoded = global_id(name, id)
    assert parsed(encoded) == (name, id)
    assert reference(encoded, name, "id") == reference(str(id), name, "id") == id
    assert "=" not in encoded


@quick
@given(names, names, st.uuids())
def test_the_id_of_another_type_is_not_found(name: str, other: str, id: UUID) -> None:
    if name == other:
        assert reference(global_id(name, id), other, "id") == id
    else:
        with pytest.raises(NotFound):
            reference(global_id(name, id), other, "id")


@quick
@given(anything | almost)
def test_anything_is_none_or_a_value(text: str) -> None:
    decoded = parsed(text)
    assert decoded is None or (isinstance(decoded[0], str) and isinstance(decoded[1], UUID))


@quick
@given(anything | almost, names)
def test_as_a_reference_anything_is_a_row_or_not_found(text: str, name: str) -> None:
    if is_uuid(text) or (parsed(text) or ("",))[0] == name:
        assert isinstance(reference(text, name, "objectiveId"), UUID)
    else:
        with pytest.raises(NotFound) as refusal:
            reference(text, name, "objectiveId")
        assert refusal.value.field == ("objectiveId",)


@pytest.mark.parametrize(("name", "noun"), [("KeyResult", "key result"), ("Objective", "objective")])
def test_the_refusal_names_the_thing_in_words(name: str, noun: str) -> None:
    with pytest.raises(NotFound) as refusal:
        reference("nothing", name, "id")
    assert refusal.value.message == f"There is no {noun} with this id."
