"""Kinds of units, by which clients show values, and the checks of what belongs to them."""

from collections.abc import Iterator
from enum import StrEnum

from service.errors import Refusal
from service.values.currencies import CURRENCIES

MAX_DECIMALS = 12


class UnitKind(StrEnum):
    NUMBER = "NUMBER"
    PERCENT = "PERCENT"
    CURRENCY = "CURRENCY"
    DURATION = "DURATION"


class CurrencyUnknown(Refusal):
    """`{currency}` is no code of a currency by ISO 4217, such as EUR."""

    meaning = "Text `<currency>` that is no code of a currency by ISO 4217. Send three capital letters such as EUR."


class CurrencyMismatch(Refusal):
    """The unit kind CURRENCY has a `currency`, and no other one does; the unit kind is {kind}."""

    meaning = (
        "Currency without the unit kind CURRENCY, or that unit kind without a currency; the unit kind is <kind>. Send "
        "both or neither."
    )


class DecimalsOutOfRange(Refusal):
    """`displayDecimals` is {decimals}; it has to be from 0 to {maximum}."""

    meaning = "Value <decimals> of `displayDecimals`, outside its range. Send a whole number from 0 to <maximum>."


def check_unit(kind: UnitKind | None, currency: str | None, decimals: int | None) -> Iterator[Refusal]:
    """Yields what is wrong with a unit kind, its currency, and the decimals to show."""
    if (kind == UnitKind.CURRENCY) != (currency is not None):
        yield CurrencyMismatch(("currency",), kind=kind or "none")
    if currency is not None and currency not in CURRENCIES:
        yield CurrencyUnknown(("currency",), currency=currency)
    if decimals is not None and not 0 <= decimals <= MAX_DECIMALS:
        yield DecimalsOutOfRange(("displayDecimals",), decimals=decimals, maximum=MAX_DECIMALS)
