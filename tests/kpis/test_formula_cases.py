"""What formulas say and come to, and which texts are none: a table of cases."""

from decimal import Decimal
from time import perf_counter

import pytest

from service.kpis.enums import NullReason
from service.kpis.formulas.ast import Value, evaluate, lookback, references
from service.kpis.formulas.parser import FormulaInvalid, FormulaTooLarge, parse
from service.values.decimals import round_decimal
from service.values.parsing import format_decimal

VALUES: dict[str, list[str | None]] = {
    **{"a": ["6", "4", "2"], "b": ["3", "0", "1"], "c": ["2", "2", None], "tiny": ["0.000000000001"]}
}


def lookup(name: str, back: int) -> Value:
    values = VALUES[name]
    value = values[back] if back < len(values) else None
    return NullReason.INPUT_MISSING if value is None else Decimal(value)


def found(text: str) -> str:
    value = evaluate(parse(text), lookup)
    return value.value if isinstance(value, NullReason) else format_decimal(round_decimal(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # In fractions, and rounded once: a third of 4 is a third, three times.
        ("if((lag(a, 1) / 3) * 3 < lag(a, 1), 1, 2)", "2"),
        ("(1 / 3) * 3", "1"),
        ("1 / 3 + 1 / 3 + 1 / 3", "1"),
        ("if(1 / 3 = 0.333333333333, 1, 2)", "2"),
        ("(tiny / 3) * 3", "0.000000000001"),
        ("1", "1"),
        ("a", "6"),
        ("[a]", "6"),
        ("[ a ]", "6"),
        ("a + b * c", "12"),
        ("(a + b) * c", "18"),
        ("a - b - c", "1"),
        ("a - (b - c)", "5"),
        ("a / b / c", "1"),
        ("a / (b / c)", "4"),
        ("a / b * c", "4"),
        ("-a + b", "-3"),
        ("-(a + b)", "-9"),
        ("a - -b", "9"),
        ("--a", "6"),
        ("2 * -b", "-6"),
        ("-a * -b", "18"),
        ("0.1 + 0.2", "0.3"),
        ("1 / 3", "0.333333333333"),
        ("2 / 3", "0.666666666667"),
        ("0 * -1", "0"),
        ("-0", "0"),
        ("\ta\n+\r\nb ", "9"),
        ("lag(a, 1)", "4"),
        ("a / lag(a, 1) - 1", "0.5"),
        ("lag(lag(a, 1), 1)", "2"),
        ("lag(a - b, 2)", "1"),
        ("sum(a, 1)", "6"),
        ("sum(a, 3)", "12"),
        ("sum(a, 2) / 2", "5"),
        ("lag(sum(a, 2), 1)", "6"),
        ("sum(lag(a, 1), 2)", "6"),
        ("sum(a * b, 3)", "20"),
        ("min(a, b, c)", "2"),
        ("max(a, b, c)", "6"),
        ("min(max(a, b), 5)", "5"),
        ("if(a > b, 1, 2)", "1"),
        ("if(a < b, 1, 2)", "2"),
        ("if(a >= 6, 1, 2)", "1"),
        ("if(a <= 6, 1, 2)", "1"),
        ("if(a = 6.0, 1, 2)", "1"),
        ("if(a != 6, 1, 2)", "2"),
        # What is not chosen is not computed.
        ("if(b = 3, a, a / 0)", "6"),
        ("if(lag(b, 1) = 0, 0, a / lag(b, 1))", "0"),
        ("100000000000000000000000 * 9", "900000000000000000000000"),
    ],
)
def test_a_formula_comes_to_a_value(text: str, value: str) -> None:
    assert found(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a / 0", "DIVIDE_BY_ZERO"),
        ("0 / 0", "DIVIDE_BY_ZERO"),
        ("a / (b - 3)", "DIVIDE_BY_ZERO"),
        ("lag(a / b, 1)", "DIVIDE_BY_ZERO"),
        ("sum(a / b, 2)", "DIVIDE_BY_ZERO"),
        ("0 * (a / 0)", "DIVIDE_BY_ZERO"),
        ("min(1, a / 0)", "DIVIDE_BY_ZERO"),
        ("if(a / 0 > 1, 1, 2)", "DIVIDE_BY_ZERO"),
        ("-(a / 0)", "DIVIDE_BY_ZERO"),
        ("lag(c, 2)", "INPUT_MISSING"),
        ("sum(c, 3)", "INPUT_MISSING"),
        ("lag(a, 3)", "INPUT_MISSING"),
        ("lag(c, 2) / 0", "INPUT_MISSING"),
        ("a / 0 + lag(c, 2)", "DIVIDE_BY_ZERO"),
        ("max(lag(c, 2), a / 0)", "INPUT_MISSING"),
        ("100000000000000000000000 * 10", "OUT_OF_RANGE"),
        ("-100000000000000000000000 * 10", "OUT_OF_RANGE"),
        ("999999999999999999999999 + 0.999999999999 + 0.000000000001", "OUT_OF_RANGE"),
        ("1 / tiny / tiny / tiny", "OUT_OF_RANGE"),
        ("*".join(["999999999999999999999999"] * 60), "OUT_OF_RANGE"),
        ("a" + "/tiny" * 190, "OUT_OF_RANGE"),
    ],
)
def test_a_formula_comes_to_nothing_with_a_reason(text: str, reason: str) -> None:
    assert found(text) == reason


def test_what_is_too_small_is_nought() -> None:
    assert found("tiny * tiny") == "0"
    assert found("-tiny / 3") == "0"
    assert found("tiny / 2 + tiny / 2") == "0.000000000001"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a +", 1, 3),
        ("a + * b", 1, 5),
        ("a\n+ )", 2, 3),
        ("a b", 1, 3),
        ("(a", 1, 2),
        ("a)", 1, 2),
        ("min(a)", 1, 6),
        ("lag(a)", 1, 6),
        ("lag(a, 0)", 1, 8),
        ("lag(a, -1)", 1, 8),
        ("lag(a, b)", 1, 8),
        ("if(a, 1, 2)", 1, 5),
        ("a > b", 1, 3),
        ("a == b", 1, 3),
        ("[]", 1, 1),
        ("[a\n]", 1, 1),
        ("[[a]]", 1, 1),
        ("1.", 1, 2),
        (".5", 1, 1),
        ("1e5", 1, 2),
        ("a ** 2", 1, 4),
        ("a; b", 1, 2),
        ("a\0", 1, 2),
        ("'a'", 1, 1),
        ("a.b", 1, 2),
        ("__import__('os')", 1, 11),
        ("open(a)", 1, 5),
        ("lambda: a", 1, 7),
        ("(a)(b)", 1, 4),
        ("a if b else c", 1, 3),
        ("\u0661 + 1", 1, 1),
        ("a + \U0001f600", 1, 5),
        ("\n\n  %", 3, 3),
    ],
)
def test_what_is_no_formula_is_refused_where_it_goes_wrong(text: str, line: int, column: int) -> None:
    with pytest.raises(FormulaInvalid) as refused:
        parse(text)
    assert refused.value.field == ("formula",)
    assert f"at line {line}, column {column}:" in str(refused.value)


def test_further_digits_of_a_number_are_rounded_half_to_even() -> None:
    for text, kept in (("0.1111111111111", "0.111111111111"), ("0.0000000000025", "0.000000000002")):
        assert parse(text) == parse(kept)


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_an_empty_text_ends_too_early(text: str) -> None:
    with pytest.raises(FormulaInvalid, match="it ends where something has to follow"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 2001,
        "a" + " " * 2000,
        "(" * 41 + "a" + ")" * 41,
        "(" * 1999,
        "-" * 201 + "a",
        "a" + "+a" * 201,
        "1" * 25,
        "1" * 101,
        "10" * 900,
        "lag(a, 401)",
        "lag(lag(a, 201), 200)",
        "sum(lag(a, 200), 202)",
        "+".join(f"k{n}" for n in range(51)),
    ],
)
def test_what_is_too_large_is_refused(text: str) -> None:
    began = perf_counter()
    with pytest.raises(FormulaTooLarge):
        parse(text)
    assert perf_counter() - began < 0.5


@pytest.mark.parametrize(
    "text",
    ["sum(" * 4 + "a" + ", 100)" * 4, "sum(" * 40 + "a" + ", 11)" * 40, "sum(" * 40 + "a" + ", 2)" * 40],
)
def test_windows_of_windows_that_would_take_for_ever_are_refused(text: str) -> None:
    with pytest.raises(FormulaTooLarge):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "-" * 200 + "a",
        "a" + "+a" * 200,
        "(" * 40 + "a" + ")" * 40,
        "-(" * 40 + "a" + ")" * 40,
        "+".join(f"k{n}" for n in range(50)),
        "min(" + ",".join(["a"] * 900) + ")",
        "[" + "x" * 200 + "]",
        "lag(a, 400)",
        "sum(a, 400)",
        "a" + " " * 1999,
    ],
)
def test_what_is_just_small_enough_is_read(text: str) -> None:
    assert lookback(parse(text)) <= 400


def test_names_are_found_in_the_order_of_the_text_with_their_places() -> None:
    names = [
        (each.name, each.position.line, each.position.column)
        for each in references(parse("b / lag([a c], 1)\n  + größe"))
    ]
    assert names == [("b", 1, 1), ("a c", 1, 9), ("größe", 2, 5)]


def test_words_of_the_language_are_names_unless_something_is_in_parentheses_after_them() -> None:
    assert [each.name for each in references(parse("lag + sum - min * max / if"))] == ["lag", "sum", "min", "max", "if"]
    assert lookback(parse("lag (a,3) + sum(a , 5)")) == 4
