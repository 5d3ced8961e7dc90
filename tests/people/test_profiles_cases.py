"""Colours, languages and time zones of people and teams: what is taken and what is not."""

from types import SimpleNamespace
from typing import Any

import pytest

from service.people.profiles import check_profile

NONE: dict[str, Any] = {"avatar_url": None, "color": None, "locale": None, "time_zone": None}


def codes(**facts: Any) -> list[str]:
    return [each.code for each in check_profile(SimpleNamespace(**{**NONE, **facts}))]


@pytest.mark.parametrize("color", ["#000000", "#FFFFFF", "#1a73E8"])
def test_a_colour(color: str) -> None:
    assert codes(color=color) == []


@pytest.mark.parametrize("color", ["", "#", "#FFF", "#GGGGGG", "red", "#000000\n", "#12345\u0660"])
def test_no_colour(color: str) -> None:
    assert codes(color=color) == ["COLOR_INVALID"]


@pytest.mark.parametrize(
    "locale",
    [
        *("de", "en-US", "pt-BR", "zh-Hant-TW", "es-419", "sl-rozaj-biske", "de-CH-1901", "zh-cmn-Hans-CN", "DE-de"),
        *("en-u-ca-gregory-nu-latn", "de-DE-x-private", "sr-Latn-RS", "yue"),
    ],
)
def test_a_language(locale: str) -> None:
    assert codes(locale=locale) == []


@pytest.mark.parametrize(
    "locale",
    ["", "d", "de_DE", "de-", "-de", "german language", "de--DE", "de-D", "en-u", "de-DE-x", "dé", "de\n", "12"],
)
def test_no_language(locale: str) -> None:
    assert codes(locale=locale) == ["LOCALE_INVALID"]


def test_all_that_is_wrong_is_told() -> None:
    assert codes(**NONE) == []
    assert codes(time_zone="Europe/Berlin", avatar_url="https://example.com/a.png") == []
    wrong = {"avatar_url": "javascript:x", "color": "x", "locale": "_", "time_zone": "Nowhere"}
    assert codes(**wrong) == ["URL_INVALID", "COLOR_INVALID", "LOCALE_INVALID", "TIME_ZONE_UNKNOWN"]
