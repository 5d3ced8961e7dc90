"""What holds for any formula, and for any text that claims to be one."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.errors import Refusal
from service.kpis.enums import NullReason
from service.kpis.formulas.ast import Value, evaluate
from service.kpis.formulas.parser import parse
from service.values.decimals import round_decimal

quick = settings(deadline=None, max_examples=250)
PERIODS = 12
PIECES = [
    "a",
    "[b c]",
    "1",
    "2.5",
    "+",
    "-",
    "*",
    "/",
    "(",
    ")",
    ",",
    "lag(",
    "sum(",
    "min(",
    "if(",
    "<",
    "=",
    " ",
    "\n",
]
HISTORY: dict[str, list[Decimal | None]] = {
    "a": [Decimal(n) for n in (3, -1, 4, 0, 5, 9, 2, 6, 5, 3, 5, 8)],
    "b": [None if n % 5 == 4 else Decimal(n) / 4 for n in range(PERIODS)],
}


@quick
@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@example("__import__('os').system('true')")
@example("a" + "\x00")
@example("\ud800")
@example("lag(a,1" + "0" * 50)
@example("[" * 1000)
@example("if(" * 40)
@example("\u2028+\u0660")
@example("9" * 1999)
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    refusal, expression = None, None
    try:
        expression = parse(text)
    except Refusal as refused:
        refusal = refused
    if expression is None:
        assert refusal is not None
        assert (refusal.field, bool(str(refusal))) == (("formula",), True)
    else:
        assert isinstance(evaluate(expression, lambda _name, _back: Decimal(1)), Fraction | NullReason)


class Nothing(Exception):
    """There is no value."""


@dataclass(frozen=True)
class Grown:
    """A formula with what it means, in exact fractions, so many periods back."""

    text: str
    value: Callable[[int], Fraction]


def _known(name: str) -> Grown:
    def value(back: int) -> Fraction:
        found = HISTORY[name][back] if back < PERIODS else None
        if found is None:
            raise Nothing(NullReason.INPUT_MISSING)
        return Fraction(found)

    return Grown(name, value)


def _divided(left: Fraction, right: Fraction) -> Fraction:
    if not right:
        raise Nothing(NullReason.DIVIDE_BY_ZERO)
    return left / right


def _joined(operator: str, left: Grown, right: Grown) -> Grown:
    does = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": _divided,
    }[operator]
    return Grown(f"({left.text} {operator} {right.text})", lambda back: does(left.value(back), right.value(back)))


def _lagged(of: Grown, by: int) -> Grown:
    return Grown(f"lag({of.text}, {by})", lambda back: of.value(back + by))


def _summed(of: Grown, over: int) -> Grown:
    return Grown(f"sum({of.text}, {over})", lambda back: sum((of.value(back + n) for n in range(over)), Fraction(0)))


def _extreme(name: str, one: Grown, other: Grown) -> Grown:
    chosen = min if name == "min" else max
    return Grown(f"{name}({one.text}, {other.text})", lambda back: chosen(one.value(back), other.value(back)))


def _chosen(left: Grown, right: Grown, yes: Grown, no: Grown) -> Grown:
    def value(back: int) -> Fraction:
        return (yes if left.value(back) <= right.value(back) else no).value(back)

    return Grown(f"if({left.text} <= {right.text}, {yes.text}, {no.text})", value)


# Divisors are powers of two and five, so that Decimal is as exact as Fraction.
_leaves = st.sampled_from([_known("a"), _known("b")]) | st.decimals(0, 50, places=1).map(
    lambda n: Grown(str(n), lambda _back: Fraction(n))
)
_divisors = st.sampled_from(["0", "2", "4", "5", "0.5"]).map(lambda n: Grown(n, lambda _back: Fraction(n)))


def _more(inner: st.SearchStrategy[Grown]) -> st.SearchStrategy[Grown]:
    return st.one_of(
        st.builds(_joined, st.sampled_from("+-*"), inner, inner),
        st.builds(_joined, st.just("/"), inner, _divisors),
        inner.map(lambda of: Grown(f"-{of.text}", lambda back: -of.value(back))),
        st.builds(_lagged, inner, st.integers(1, 3)),
        st.builds(_summed, inner, st.integers(1, 3)),
        st.builds(_extreme, st.sampled_from(["min", "max"]), inner, inner),
        st.builds(_chosen, inner, inner, inner, inner),
    )


def _looked_up(name: str, back: int) -> Value:
    found = HISTORY[name][back] if back < PERIODS else None
    return NullReason.INPUT_MISSING if found is None else found


@quick
@given(st.recursive(_leaves, _more, max_leaves=8))
def test_another_evaluator_comes_to_the_same(grown: Grown) -> None:
    found = evaluate(parse(grown.text), _looked_up)
    expected: Fraction | NullReason
    try:
        expected = grown.value(0)
    except Nothing as nothing:
        expected = nothing.args[0]
    if isinstance(expected, NullReason):
        assert found == expected
    elif abs(expected) >= 10**24:
        assert found == NullReason.OUT_OF_RANGE
    else:
        assert isinstance(found, Fraction)
        assert Fraction(round_decimal(found)) == Fraction(round(expected * 10**12), 10**12)
