"""What belongs to a kind of unit: a currency to CURRENCY, and to nothing else."""

import pytest

from service.values.currencies import CURRENCIES
from service.values.unit_kinds import UnitKind, check_unit


@pytest.mark.parametrize(
    ("kind", "currency", "decimals", "codes"),
    [
        (None, None, None, []),
        (None, None, 0, []),
        ("NUMBER", None, 12, []),
        ("PERCENT", None, 1, []),
        ("DURATION", None, None, []),
        ("CURRENCY", "EUR", 2, []),
        ("CURRENCY", "JPY", 0, []),
        ("CURRENCY", "BGN", None, []),
        ("CURRENCY", None, None, ["CurrencyMismatch"]),
        (None, "EUR", None, ["CurrencyMismatch"]),
        *((kind, "EUR", None, ["CurrencyMismatch"]) for kind in ("NUMBER", "PERCENT", "DURATION")),
        *(("CURRENCY", code, None, ["CurrencyUnknown"]) for code in ("eur", "EU", "", "XXX", "XTS", "ABC", "€")),
        ("CURRENCY", "EUR", -1, ["DecimalsOutOfRange"]),
        ("NUMBER", "euro", 13, ["CurrencyMismatch", "CurrencyUnknown", "DecimalsOutOfRange"]),
    ],
)
def test_what_is_wrong_with_a_unit(
    kind: str | None, currency: str | None, decimals: int | None, codes: list[str]
) -> None:
    refusals = check_unit(UnitKind(kind) if kind else None, currency, decimals)
    assert [type(refusal).__name__ for refusal in refusals] == codes


def test_each_currency_is_a_code_of_three_capital_letters() -> None:
    assert {code for code in CURRENCIES if len(code) != 3 or not code.isalpha() or not code.isupper()} == set()
    assert len(CURRENCIES) == 186
