"""Level by level the answers are those of graphql-core, to the letter; for every thing a schema can have."""

import asyncio
import gc
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, get_introspection_query, parse, validate

from schema.execution.running.breadth_first import BreadthFirst
from schema.execution.running.errors import NothingLeft
from schema.execution.running.executor import Executor, GraphQLCore
from schema.execution.running.invoke import together
from tests.execution.toy import CALLS, SCHEMA, Colour, box, context, pet

FAILED = ValueError("failed")


def boxes() -> Any:
    """Boxes that are sound, and boxes with everything that can be wrong."""
    inner = [box("c"), box("d", one=box("e", inside=[box("f")]))]
    return context(
        a=box("a", inside=inner, one=box("x", one=box("y"))),
        b=box("b", maybe="m", matrix=None, certain=None, pet=None, pets=None, one=FAILED, inside=[box("g")]),
        bad=box(
            None,
            maybe=object,
            colour="green",
            strict=2**40,
            matrix=[[1, "x"], 5, None],
            certain=[[1, None], [2]],
            pet=pet("Fish"),
            sure_pet=pet("Cat", name=None, lives="many"),
            pets=[pet("Dog", tricks=[None], colour=Colour.RED), pet("Fish"), None],
            inside=[box(None), box("h")],
        ),
    )


async def answer(executor: Executor, text: str, variables: dict[str, Any], at_hand: Any) -> ExecutionResult:
    document = parse(text)
    assert validate(SCHEMA._schema, document) == []
    return await executor.run(document, variables=variables, operation_name=None, context=at_hand)


def told(result: ExecutionResult) -> tuple[Any, Any]:
    """Data with its keys in order, and the errors; these in the order of their paths."""
    errors = [error.formatted for error in result.errors or ()]
    return repr(result.data), sorted(errors, key=lambda error: [str(key) for key in error.get("path", [])])


LEAVES = "label maybe colour strict"
DOCUMENTS = [
    "{ box { label __typename again: label maybe colour strict } }",
    '{ boxes { label } b: boxes(names: []) { label } none: box(name: "?") { label } }',
    "{ box { inside { label inside { label } one { label one { label } } } one { label } } }",
    "{ box { inside(first: 1) { label } all: inside { label } } }",
    "query($n: Int = 1) { box { inside(first: $n) { label } } }",
    "query($n: Int!, $w: String) { box { inside(first: $n) { shout(word: $w) } } }",
    "{ box { matrix certain pets { __typename ... on Named { name } ... on Cat { lives } } } }",
    "{ box { pet { name ... on Dog { colour } ... on Cat { lives } } surePet { __typename ...D } } }"
    " fragment D on Dog { tricks colour }",
    "{ box { ...A ...A inside { ...A } } } fragment A on Box { label one { label ...B } } fragment B on Box { strict }",
    "query($y: Boolean!) { box { label @skip(if: $y) maybe @include(if: $y) ... @include(if: $y) { strict } } }",
    "query($y: Boolean = true) { box { ...A @skip(if: $y) one @include(if: $y) { label } } }"
    " fragment A on Box { label }",
    '{ box { shout(word: "you", times: 3) other: shout loud slowly sometimes wished w: wished(wish: {size: 5}) } }',
    "query($w: [String!]) { box { wished(wish: {words: $w}) } }",
    '{ boxes(names: ["a", "b"]) { slowly shout sometimes } }',
    "{ box { guarded private } }",
    get_introspection_query(input_value_deprecation=True, directive_is_repeatable=True, specified_by_url=True),
    '{ box { label } ...F } fragment F on Query { __type(name: "Named") { possibleTypes { name __typename } } }',
    '{ t: __type(name: "Box") { fields { name args { name defaultValue } } } no: __type(name: "No") { name } }',
    # What fails, and what becomes null by it.
    '{ box(name: "b") { one { label } inside { label } } }',
    '{ box(name: "b") { sure { label } } }',
    '{ boxes(names: ["a", "b"]) { label sure { label } } }',
    "{ box { broken short } }",
    '{ box { shout(word: "bad") } }',
    '{ boxes(names: ["a", "b"]) { inside { shout(word: "bad") } } }',
    '{ box(name: "bad") { maybe } }',
    '{ box(name: "bad") { label } }',
    '{ box(name: "bad") { colour } }',
    '{ box(name: "bad") { strict } }',
    '{ box(name: "bad") { matrix } }',
    '{ box(name: "bad") { certain } }',
    '{ box(name: "bad") { pet { name } } }',
    '{ box(name: "bad") { surePet { name } } }',
    '{ box(name: "bad") { surePet { ... on Cat { lives } } } }',
    '{ box(name: "bad") { pets { ... on Dog { tricks } } } }',
    '{ box(name: "bad") { inside { label } } }',
    "{ boxes { label } }",
    '{ sureBoxes(names: ["a", "?"]) { label } }',
    "{ counting }",
    "{ notAList box { label } }",
    "{ box { label } failing }",
    "query($n: Int) { box { inside(first: $n) { label } } }",
    "query($w: [String!]) { box { shout(word: $x) } }".replace("$w: [String!]", "$x: String!"),
]


@pytest.mark.parametrize("text", DOCUMENTS)
@pytest.mark.parametrize("yes", [True, False])
async def test_the_answer_is_that_of_graphql_core(text: str, yes: bool) -> None:
    variables: dict[str, Any] = {"n": 1, "w": ["u", "v"], "y": yes} if yes else {"n": 2, "w": None, "y": yes}
    declared = {name: value for name, value in variables.items() if f"${name}:" in text}
    if "$w: String)" in text:
        declared["w"] = "word"
    ours = BreadthFirst(SCHEMA)
    for _ in range(2):
        expected = await answer(GraphQLCore(SCHEMA), text, declared, boxes())
        assert told(await answer(ours, text, declared, boxes())) == told(expected)
    assert ours.handed_over == 0


async def test_a_batched_field_is_called_once_for_a_level() -> None:
    CALLS.clear()
    text = '{ boxes(names: ["a", "b"]) { inside { inside { label } } } }'
    await answer(BreadthFirst(SCHEMA), text, {}, boxes())
    assert CALLS == [("inside", 2), ("inside", 3)]


async def test_fields_of_one_fragment_are_called_once_wherever_it_is_spread() -> None:
    CALLS.clear()
    text = "{ box { inside { ...F } one { ...F } } } fragment F on Box { one { label } }"
    await answer(BreadthFirst(SCHEMA), text, {}, boxes())
    assert CALLS[2:] == [("one", 3)]


@pytest.mark.parametrize("strict", [True, False])
async def test_permissions_of_a_batched_field_are_asked_once(strict: bool) -> None:
    at_hand = boxes()
    at_hand.strict = strict
    CALLS.clear()
    result = await answer(BreadthFirst(SCHEMA), '{ boxes(names: ["a", "b"]) { private } }', {}, at_hand)
    assert [("permission", 2), *([] if strict else [("private", 2)])] == CALLS
    assert [error.message for error in result.errors or ()] == ["Not you."] * (2 * strict)
    assert result.data == {
        "boxes": [{"private": None}, {"private": None}] if strict else [{"private": "a"}, {"private": "b"}]
    }


@pytest.mark.parametrize(
    "text",
    [
        'mutation { put(name: "a") { strict one { label } } b: put(name: "b") { strict } }',
        'mutation { put(name: "a") { strict } b: put(name: "no") { strict } c: put(name: "c") { strict } }',
        'mutation { put(name: "a") { strict } must { label } c: put(name: "c") { strict } }',
    ],
)
async def test_mutations_run_one_after_another(text: str) -> None:
    ours, theirs = boxes(), boxes()
    expected = await answer(GraphQLCore(SCHEMA), text, {}, theirs)
    assert told(await answer(BreadthFirst(SCHEMA), text, {}, ours)) == told(expected)
    assert ours.count == theirs.count


@pytest.mark.parametrize(
    "text",
    [
        "query($y: Boolean = true) { box { label } ... @skip(if: $y) { boxes { label } } }",
        'query($y: Boolean = true) { boxes(names: ["a", "b"]) { label @include(if: $y) } failing }',
        "query($y: Boolean = true) { box { pets { ...P } } } fragment P on Named { name @skip(if: $y) }",
    ],
)
async def test_null_decides_on_nothing(text: str) -> None:
    ours = BreadthFirst(SCHEMA)
    expected = await answer(GraphQLCore(SCHEMA), text, {"y": None}, boxes())
    assert "provided to non-null type 'Boolean!' not to be None" in str(expected.errors)
    for variables in ({"y": None}, {"y": True}, {"y": None}):
        expected = await answer(GraphQLCore(SCHEMA), text, variables, boxes())
        assert told(await answer(ours, text, variables, boxes())) == told(expected)
    assert ours.handed_over == 0


async def test_errors_that_are_many_are_those_of_graphql_core() -> None:
    """Of two fields that cannot be null the first one in the document is told."""
    at_hand = context(**{f"b{number}": box("b", strict=2**40, sure_pet=pet("Fish")) for number in range(600)})
    text = "{ boxes { surePet { name } strict } }"
    expected = await answer(GraphQLCore(SCHEMA), text, {}, at_hand)
    assert told(await answer(BreadthFirst(SCHEMA), text, {}, at_hand)) == told(expected)
    assert {error.path[-1] for error in expected.errors or () if error.path} == {"surePet"}


async def test_what_only_graphql_core_can_do_goes_there_and_is_counted() -> None:
    """A coroutine that tells whether an object is of a type would be one for each object."""

    @strawberry.type
    class Late:
        name: str

        @classmethod
        async def is_type_of(cls, value: Any, _info: Any) -> bool:
            return True

    @strawberry.type
    class Query:
        @strawberry.field
        def late(self) -> Late:
            return Late(name="late")

    schema = strawberry.Schema(Query)
    ours = BreadthFirst(schema)
    for count in (1, 2):
        found = await ours.run(parse("{ late { name } }"), variables=None, operation_name=None, context=None)
        assert (found.data, found.errors, ours.handed_over) == ({"late": {"name": "late"}}, None, count)


async def test_variables_that_cannot_be_read_are_told_before_anything_runs() -> None:
    text = "query($n: Int!) { box { inside(first: $n) { label } } }"
    for variables in ({}, {"n": "one"}, {"n": None}):
        expected = await answer(GraphQLCore(SCHEMA), text, variables, boxes())
        assert told(await answer(BreadthFirst(SCHEMA), text, variables, boxes())) == told(expected)
        assert expected.data is None


async def test_failures_of_one_turn_are_all_looked_at() -> None:
    """What is null because of several fields at once is no error of the event loop."""
    loop, noise = asyncio.get_running_loop(), []

    async def failing() -> None:
        raise NothingLeft

    loop.set_exception_handler(lambda _loop, context: noise.append(context["message"]))
    try:
        with pytest.raises(NothingLeft):
            await together([failing(), failing(), failing()])
        # Once the loop has let go of them as well.
        await asyncio.sleep(0)
        gc.collect()
    finally:
        loop.set_exception_handler(None)
    assert noise == []


async def test_where_the_items_of_lists_stand() -> None:
    """A resolver is told where the first object of its level is, and errors have their own paths all the same."""

    @strawberry.type
    class Item:
        number: int

        @strawberry.field
        def place(self, info: strawberry.Info) -> str:
            return ".".join(map(str, info.path.as_list()))

        @strawberry.field
        def odd(self) -> int | None:
            if self.number == 3:
                raise ValueError("three")
            return self.number

    @strawberry.type
    class Group:
        items: list[Item]

    @strawberry.type
    class Query:
        @strawberry.field
        def groups(self) -> list[Group]:
            return [Group(items=[]), *(Group(items=[Item(number=n), Item(number=n + 1)]) for n in (0, 2))]

    found = await BreadthFirst(strawberry.Schema(Query)).run(
        parse("{ groups { items { place odd } } }"), variables=None, operation_name=None, context=None
    )
    place = "groups.1.items.0.place"
    items = [[], [{"place": place, "odd": 0}, {"place": place, "odd": 1}], [{"place": place, "odd": 2}]]
    items[2].append({"place": place, "odd": None})
    assert found.data == {"groups": [{"items": each} for each in items]}
    assert [(error.message, error.path) for error in found.errors or []] == [
        ("three", ["groups", 2, "items", 1, "odd"])
    ]
