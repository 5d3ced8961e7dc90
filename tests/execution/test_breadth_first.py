"""The breadth-first executor returns the same results as graphql-core, for every feature of a schema."""

import asyncio
import gc
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, get_introspection_query, parse, validate

from schema.execution.running.breadth_first import BreadthFirstExecutor
from schema.execution.running.errors import ResponseIsNull
from schema.execution.running.executor import Executor, GraphQLCoreExecutor
from schema.execution.running.jobs import run_together
from tests.execution.toy import CALLS, SCHEMA, Colour, box, context, pet

ERROR = ValueError("failed")


def make_boxes() -> Any:
    """Valid boxes, and boxes with every kind of invalid value."""
    inner = [box("c"), box("d", one=box("e", inside=[box("f")]))]
    return context(
        a=box("a", inside=inner, one=box("x", one=box("y"))),
        b=box("b", maybe="m", matrix=None, certain=None, pet=None, pets=None, one=ERROR, inside=[box("g")]),
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


async def execute(executor: Executor, text: str, variables: dict[str, Any], context_value: Any) -> ExecutionResult:
    document = parse(text)
    assert validate(SCHEMA._schema, document) == []
    return await executor.run(document, variables=variables, operation_name=None, context=context_value)


def formatted(result: ExecutionResult) -> tuple[Any, Any]:
    """The data with its keys in order, and the errors in the order of their paths."""
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
    '{ box { shout(word: "you", times: 3) other: shout loud slowly sometimes sized s: sized(options: {size: 5}) } }',
    "query($w: [String!]) { box { sized(options: {words: $w}) } }",
    '{ boxes(names: ["a", "b"]) { slowly shout sometimes } }',
    "{ box { guarded private } }",
    get_introspection_query(input_value_deprecation=True, directive_is_repeatable=True, specified_by_url=True),
    '{ box { label } ...F } fragment F on Query { __type(name: "Named") { possibleTypes { name __typename } } }',
    '{ t: __type(name: "Box") { fields { name args { name defaultValue } } } no: __type(name: "No") { name } }',
    # Failures, and the values that they null.
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
@pytest.mark.parametrize("flag", [True, False])
async def test_results_equal_graphql_core(text: str, flag: bool) -> None:
    variables: dict[str, Any] = {"n": 1, "w": ["u", "v"], "y": flag} if flag else {"n": 2, "w": None, "y": flag}
    declared = {name: value for name, value in variables.items() if f"${name}:" in text}
    if "$w: String)" in text:
        declared["w"] = "word"
    executor = BreadthFirstExecutor(SCHEMA)
    for _ in range(2):
        expected = await execute(GraphQLCoreExecutor(SCHEMA), text, declared, make_boxes())
        assert formatted(await execute(executor, text, declared, make_boxes())) == formatted(expected)
    assert executor.fallback_count == 0


async def test_a_batched_field_is_called_once_for_a_level() -> None:
    CALLS.clear()
    text = '{ boxes(names: ["a", "b"]) { inside { inside { label } } } }'
    await execute(BreadthFirstExecutor(SCHEMA), text, {}, make_boxes())
    assert CALLS == [("inside", 2), ("inside", 3)]


async def test_fields_of_one_fragment_are_called_once_wherever_it_is_spread() -> None:
    CALLS.clear()
    text = "{ box { inside { ...F } one { ...F } } } fragment F on Box { one { label } }"
    await execute(BreadthFirstExecutor(SCHEMA), text, {}, make_boxes())
    assert CALLS[2:] == [("one", 3)]


@pytest.mark.parametrize("strict", [True, False])
async def test_permissions_of_a_batched_field_are_checked_once(strict: bool) -> None:
    context_value = make_boxes()
    context_value.strict = strict
    CALLS.clear()
    result = await execute(BreadthFirstExecutor(SCHEMA), '{ boxes(names: ["a", "b"]) { private } }', {}, context_value)
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
    our_context, reference_context = make_boxes(), make_boxes()
    expected = await execute(GraphQLCoreExecutor(SCHEMA), text, {}, reference_context)
    assert formatted(await execute(BreadthFirstExecutor(SCHEMA), text, {}, our_context)) == formatted(expected)
    assert our_context.count == reference_context.count


@pytest.mark.parametrize(
    "text",
    [
        "query($y: Boolean = true) { box { label } ... @skip(if: $y) { boxes { label } } }",
        'query($y: Boolean = true) { boxes(names: ["a", "b"]) { label @include(if: $y) } failing }',
        "query($y: Boolean = true) { box { pets { ...P } } } fragment P on Named { name @skip(if: $y) }",
    ],
)
async def test_null_conditions_are_errors(text: str) -> None:
    executor = BreadthFirstExecutor(SCHEMA)
    expected = await execute(GraphQLCoreExecutor(SCHEMA), text, {"y": None}, make_boxes())
    assert "provided to non-null type 'Boolean!' not to be None" in str(expected.errors)
    for variables in ({"y": None}, {"y": True}, {"y": None}):
        expected = await execute(GraphQLCoreExecutor(SCHEMA), text, variables, make_boxes())
        assert formatted(await execute(executor, text, variables, make_boxes())) == formatted(expected)
    assert executor.fallback_count == 0


async def test_many_errors_equal_graphql_core() -> None:
    """Of two non-null fields that fail, the first one in the document is reported."""
    context_value = context(**{f"b{number}": box("b", strict=2**40, sure_pet=pet("Fish")) for number in range(600)})
    text = "{ boxes { surePet { name } strict } }"
    expected = await execute(GraphQLCoreExecutor(SCHEMA), text, {}, context_value)
    assert formatted(await execute(BreadthFirstExecutor(SCHEMA), text, {}, context_value)) == formatted(expected)
    assert {error.path[-1] for error in expected.errors or () if error.path} == {"surePet"}


async def test_unsupported_schemas_fall_back_to_graphql_core_and_are_counted() -> None:
    """An `is_type_of` that is a coroutine function would be awaited once for each object."""

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
    executor = BreadthFirstExecutor(schema)
    for count in (1, 2):
        result = await executor.run(parse("{ late { name } }"), variables=None, operation_name=None, context=None)
        assert (result.data, result.errors, executor.fallback_count) == ({"late": {"name": "late"}}, None, count)


async def test_variable_errors_are_reported_before_execution() -> None:
    text = "query($n: Int!) { box { inside(first: $n) { label } } }"
    for variables in ({}, {"n": "one"}, {"n": None}):
        expected = await execute(GraphQLCoreExecutor(SCHEMA), text, variables, make_boxes())
        result = await execute(BreadthFirstExecutor(SCHEMA), text, variables, make_boxes())
        assert formatted(result) == formatted(expected)
        assert expected.data is None


async def test_all_failures_of_one_iteration_are_retrieved() -> None:
    """Several errors that null the same value cause no "exception was never retrieved" of the event loop."""
    loop, messages = asyncio.get_running_loop(), []

    async def failing() -> None:
        raise ResponseIsNull

    loop.set_exception_handler(lambda _loop, context: messages.append(context["message"]))
    try:
        with pytest.raises(ResponseIsNull):
            await run_together([failing(), failing(), failing()])
        # After the loop has released them as well.
        await asyncio.sleep(0)
        gc.collect()
    finally:
        loop.set_exception_handler(None)
    assert messages == []


async def test_paths_of_list_items() -> None:
    """A resolver receives the path of the first object of its level; each error has its own path."""

    @strawberry.type
    class Item:
        number: int

        @strawberry.field
        def path(self, info: strawberry.Info) -> str:
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

    result = await BreadthFirstExecutor(strawberry.Schema(Query)).run(
        parse("{ groups { items { path odd } } }"), variables=None, operation_name=None, context=None
    )
    path = "groups.1.items.0.path"
    items = [[], [{"path": path, "odd": 0}, {"path": path, "odd": 1}], [{"path": path, "odd": 2}]]
    items[2].append({"path": path, "odd": None})
    assert result.data == {"groups": [{"items": each} for each in items]}
    assert [(error.message, error.path) for error in result.errors or []] == [
        ("three", ["groups", 2, "items", 1, "odd"])
    ]
