"""Parses the text of a formula with Lark; nothing is evaluated as Python code."""

from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import VisitError

from service.errors import Refusal
from service.kpis.formulas.ast import (
    Choice,
    Condition,
    Expression,
    Extreme,
    Lag,
    Negation,
    Number,
    Operation,
    Reference,
    SourcePosition,
    Window,
    count_steps,
    lookback,
    references,
)
from service.values.parsing import parse_decimal

# Characters.
MAX_LENGTH = 2_000
# Parentheses inside parentheses.
MAX_DEPTH = 40
MAX_OPERATORS = 200
# Periods.
MAX_LOOKBACK = 400
MAX_INPUTS = 50
# Operations for one value, those of a window once for each of its periods.
MAX_STEPS = 10_000

# KPIs are named by external id or id in brackets: [sales]. An identifier needs no brackets.
GRAMMAR = r"""
    ?start: sum
    ?sum: product | sum "+" product -> add | sum "-" product -> subtract
    ?product: signed | product "*" signed -> multiply | product "/" signed -> divide
    ?signed: atom | "-" signed -> negate
    ?atom: NUMBER -> number
        | BRACKETED -> bracketed
        | NAME -> named
        | "(" sum ")"
        | LAG "(" sum "," COUNT ")" -> lag
        | SUM "(" sum "," COUNT ")" -> window
        | MIN "(" sum ("," sum)+ ")" -> least
        | MAX "(" sum ("," sum)+ ")" -> greatest
        | IF "(" condition "," sum "," sum ")" -> choice
    condition: sum COMPARATOR sum
    COMPARATOR: "<=" | ">=" | "!=" | "<" | ">" | "="
    BRACKETED: /\[[^\[\]\n]{1,200}\]/
    NAME: /[^\W\d]\w*/
    LAG.2: /lag(?=\s*\()/
    SUM.2: /sum(?=\s*\()/
    MIN.2: /min(?=\s*\()/
    MAX.2: /max(?=\s*\()/
    IF.2: /if(?=\s*\()/
    COUNT: /[1-9][0-9]{0,2}/
    NUMBER: /[0-9]+(\.[0-9]+)?/
    %ignore /\s+/
"""


class FormulaInvalid(Refusal):
    """The formula cannot be read at line {line}, column {column}: {problem}"""

    meaning = "Formula that cannot be read at line <line>, column <column>: <problem> Correct it there."


class FormulaTooLarge(Refusal):
    """The formula is too large: {problem}"""

    meaning = "Formula that is too large: <problem> Make it smaller, or split it among several KPIs."


def parse(text: str) -> Expression:
    """The expression of a text. Raises FormulaInvalid with the position, and FormulaTooLarge."""
    if len(text) > MAX_LENGTH:
        raise FormulaTooLarge(("formula",), problem=f"{len(text)} characters; {MAX_LENGTH} are allowed.")
    if _depth(text) > MAX_DEPTH or sum(map(text.count, "+-*/")) > MAX_OPERATORS:
        problem = f"it may have {MAX_OPERATORS} operators, and parentheses {MAX_DEPTH} deep."
        raise FormulaTooLarge(("formula",), problem=problem)
    try:
        tree = _parser.parse(text)
        expression: Expression = _Builder().transform(tree)
    except UnexpectedInput as error:
        line, column = max(error.line, 1), max(error.column, 1)
        raise FormulaInvalid(("formula",), line=line, column=column, problem=_describe_problem(error, text)) from None
    except VisitError as error:
        raise FormulaTooLarge(("formula",), problem=str(error.orig_exc)) from None
    if lookback(expression) > MAX_LOOKBACK:
        problem = f"it looks back {lookback(expression)} periods; {MAX_LOOKBACK} are allowed."
        raise FormulaTooLarge(("formula",), problem=problem)
    if count_steps(expression) > MAX_STEPS:
        problem = f"its windows inside of windows make {count_steps(expression)} steps; {MAX_STEPS} are allowed."
        raise FormulaTooLarge(("formula",), problem=problem)
    if len({each.name for each in references(expression)}) > MAX_INPUTS:
        raise FormulaTooLarge(("formula",), problem=f"it names more than {MAX_INPUTS} KPIs.")
    return expression


def _depth(text: str) -> int:
    depth = max_depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        max_depth = max(max_depth, depth)
    return max_depth


def _describe_problem(error: UnexpectedInput, text: str) -> str:
    token = getattr(error, "token", None)
    if (token is not None and token.type == "$END") or not text[(error.pos_in_stream or 0) :].strip():
        return "it ends where something has to follow."
    unexpected = str(token) if token is not None else text[error.pos_in_stream or 0]
    return f"{unexpected!r} was not expected."


def _at(token: Token) -> SourcePosition:
    return SourcePosition(token.line or 1, token.column or 1)


@v_args(meta=True)
class _Builder(Transformer[Token, Any]):
    """Builds the expression tree from the parse tree of Lark."""

    def number(self, _meta: Any, children: list[Any]) -> Number:
        return Number(parse_decimal(str(children[0])))

    def bracketed(self, _meta: Any, children: list[Any]) -> Reference:
        return Reference(str(children[0])[1:-1].strip(), _at(children[0]))

    def named(self, _meta: Any, children: list[Any]) -> Reference:
        return Reference(str(children[0]), _at(children[0]))

    def negate(self, _meta: Any, children: list[Any]) -> Negation:
        return Negation(children[0])

    def lag(self, _meta: Any, children: list[Any]) -> Lag:
        return Lag(children[1], int(children[2]))

    def window(self, _meta: Any, children: list[Any]) -> Window:
        return Window(children[1], int(children[2]))

    def least(self, meta: Any, children: list[Any]) -> Extreme:
        return Extreme("min", tuple(children[1:]), SourcePosition(meta.line, meta.column))

    def greatest(self, meta: Any, children: list[Any]) -> Extreme:
        return Extreme("max", tuple(children[1:]), SourcePosition(meta.line, meta.column))

    def condition(self, meta: Any, children: list[Any]) -> Condition:
        return Condition(str(children[1]), children[0], children[2], SourcePosition(meta.line, meta.column))

    def choice(self, meta: Any, children: list[Any]) -> Choice:
        return Choice(children[1], children[2], children[3], SourcePosition(meta.line, meta.column))

    def add(self, meta: Any, children: list[Any]) -> Operation:
        return self._operation("+", meta, children)

    def subtract(self, meta: Any, children: list[Any]) -> Operation:
        return self._operation("-", meta, children)

    def multiply(self, meta: Any, children: list[Any]) -> Operation:
        return self._operation("*", meta, children)

    def divide(self, meta: Any, children: list[Any]) -> Operation:
        return self._operation("/", meta, children)

    def _operation(self, operator: str, meta: Any, children: list[Any]) -> Operation:
        return Operation(operator, children[0], children[1], SourcePosition(meta.line, meta.column))


_parser = Lark(GRAMMAR, parser="lalr", propagate_positions=True, maybe_placeholders=False)
