"""Descriptions of the units of values, which key results and KPIs share."""

from schema.descriptions.enums import describe_enum
from service.values.unit_kinds import MAX_DECIMALS, UnitKind

describe_enum(
    UnitKind,
    "Kind of unit, by which a client shows values. No value is converted or computed by it.",
    NUMBER="Number as it is, followed by the free text `unit`, such as 12 tickets.",
    PERCENT="Percentage: the value 20 is 20 %.",
    CURRENCY="Amount of money in the main unit of `currency`: the value 20 is 20 EUR, not 20 cents.",
    DURATION="Length of time, counted in what the free text `unit` says, such as hours.",
)
UNIT_KIND = "Kind of unit of the {object}'s values, by which a client shows them."
CURRENCY = (
    "Currency of the {object}'s values, by its code of ISO 4217 such as EUR; for the unit kind CURRENCY, and only for "
    "it."
)
DISPLAY_DECIMALS = (
    f"Digits after the decimal point that a client shows of the {{object}}'s values, 0 to {MAX_DECIMALS}. Values keep "
    "all their digits."
)
