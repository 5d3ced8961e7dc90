"""Reads the text of a formula; Lark does the parsing, and nothing is ever evaluated as code."""

from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import VisitError

from service.errors import Refusal
from service.kpis.formulas.ast import (
    Choice,
    Comparison,
    Expression,
    Extreme,
    Lag,
    Negation,
    Number,
    Operation,
    Place,
    Reference,
    Window,
    effort,
    reach,
    references,
)
from service.values.parsing import number

LONGEST, DEEPEST, OPERATIONS, FARTHEST, MOST, HARDEST = 2_000, 40, 200, 400, 50, 10_000

# KPIs stand in brackets, by external id or id: [sales]; a name that looks like a word needs none.
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
    """The expression that a text says. Raises FormulaInvalid with the position, and FormulaTooLarge."""
    if len(text) > LONGEST:
        raise FormulaTooLarge(("formula",), problem=f"{len(text)} characters; {LONGEST} are allowed.")
    if _depth(text) > DEEPEST or sum(map(text.count, "+-*/")) > OPERATIONS:
        problem = f"it may have {OPERATIONS} operators, and parentheses {DEEPEST} deep."
        raise FormulaTooLarge(("formula",), problem=problem)
    try:
        tree = _parser.parse(text)
        expression: Expression = _Builder().transform(tree)
    except UnexpectedInput as error:
        line, column = max(error.line, 1), max(error.column, 1)
        raise FormulaInvalid(("formula",), line=line, column=column, problem=_told(error, text)) from None
    except VisitError as error:
        raise FormulaTooLarge(("formula",), problem=str(error.orig_exc)) from None
    if reach(expression) > FARTHEST:
        problem = f"it looks back {reach(expression)} periods; {FARTHEST} are allowed."
        raise FormulaTooLarge(("formula",), problem=problem)
    if effort(expression) > HARDEST:
        problem = f"its windows inside of windows make {effort(expression)} steps; {HARDEST} are allowed."
        raise FormulaTooLarge(("formula",), problem=problem)
    if len({each.name for each in references(expression)}) > MOST:
        raise FormulaTooLarge(("formula",), problem=f"it names more than {MOST} KPIs.")
    return expression


def _depth(text: str) -> int:
    deep = deepest = 0
    for character in text:
        deep += (character == "(") - (character == ")")
        deepest = max(deepest, deep)
    return deepest


def _told(error: UnexpectedInput, text: str) -> str:
    token = getattr(error, "token", None)
    if (token is not None and token.type == "$END") or not text[(error.pos_in_stream or 0) :].strip():
        return "it ends where something has to follow."
    found = str(token) if token is not None else text[error.pos_in_stream or 0]
    return f"{found!r} was not expected."


def _at(token: Token) -> Place:
    return Place(token.line or 1, token.column or 1)


@v_args(meta=True)
class _Builder(Transformer[Token, Any]):
    """Turns Lark's tree into ours."""

    def number(self, _meta: Any, found: list[Any]) -> Number:
        return Number(number(str(found[0])))

    def bracketed(self, _meta: Any, found: list[Any]) -> Reference:
        return Reference(str(found[0])[1:-1].strip(), _at(found[0]))

    def named(self, _meta: Any, found: list[Any]) -> Reference:
        return Reference(str(found[0]), _at(found[0]))

    def negate(self, _meta: Any, found: list[Any]) -> Negation:
        return Negation(found[0])

    def lag(self, _meta: Any, found: list[Any]) -> Lag:
        return Lag(found[1], int(found[2]))

    def window(self, _meta: Any, found: list[Any]) -> Window:
        return Window(found[1], int(found[2]))

    def least(self, meta: Any, found: list[Any]) -> Extreme:
        return Extreme("min", tuple(found[1:]), Place(meta.line, meta.column))

    def greatest(self, meta: Any, found: list[Any]) -> Extreme:
        return Extreme("max", tuple(found[1:]), Place(meta.line, meta.column))

    def condition(self, meta: Any, found: list[Any]) -> Comparison:
        return Comparison(str(found[1]), found[0], found[2], Place(meta.line, meta.column))

    def choice(self, meta: Any, found: list[Any]) -> Choice:
        return Choice(found[1], found[2], found[3], Place(meta.line, meta.column))

    def add(self, meta: Any, found: list[Any]) -> Operation:
        return self._operation("+", meta, found)

    def subtract(self, meta: Any, found: list[Any]) -> Operation:
        return self._operation("-", meta, found)

    def multiply(self, meta: Any, found: list[Any]) -> Operation:
        return self._operation("*", meta, found)

    def divide(self, meta: Any, found: list[Any]) -> Operation:
        return self._operation("/", meta, found)

    def _operation(self, operator: str, meta: Any, found: list[Any]) -> Operation:
        return Operation(operator, found[0], found[1], Place(meta.line, meta.column))


_parser = Lark(GRAMMAR, parser="lalr", propagate_positions=True, maybe_placeholders=False)
