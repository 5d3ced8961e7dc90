"""Pictures, colours, languages and time zones of people and teams, until a person is erased."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.refusals import changed, refused, unchanged
from tests.kit.small_workspace import person, team
from tests.kit.workspace_files import refused as refused_file

PROFILE = {
    "avatarUrl": "https://example.com/pat.png",
    "color": "#1A73E8",
    "locale": "pt-BR",
    "timeZone": "America/Sao_Paulo",
}
EMPTY: dict[str, Any] = dict.fromkeys(PROFILE)
WRONG: list[tuple[dict[str, str], str]] = [
    ({"avatarUrl": "javascript:alert(1)"}, "URL_INVALID"),
    ({"avatarUrl": "https://example.com/\u202e"}, "URL_INVALID"),
    ({"avatarUrl": "https://example.com/" + "x" * 2_000}, "TOO_LONG"),
    ({"color": "red"}, "COLOR_INVALID"),
    ({"locale": "de_DE"}, "LOCALE_INVALID"),
    ({"timeZone": "Nowhere"}, "TIME_ZONE_UNKNOWN"),
]


def profile(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: shown[name] for name in PROFILE}


@pytest.mark.parametrize("what", ["person", "team"])
async def test_a_profile_is_set_changed_and_removed(client: Client, what: str) -> None:
    made = await changed(client, f"{what}Create", name="Pat", **PROFILE)
    id = made["id"]
    assert profile(made) == PROFILE
    await unchanged(client, f"{what}Update", id=id, **PROFILE)
    assert profile(await changed(client, f"{what}Update", id=id, color="#000000")) == {**PROFILE, "color": "#000000"}
    assert profile(await changed(client, f"{what}Update", id=id, **EMPTY)) == EMPTY
    assert profile(await changed(client, f"{what}Create", name="Quentin")) == EMPTY


@pytest.mark.parametrize("what", ["person", "team"])
async def test_what_is_wrong_is_refused_when_made_and_changed(client: Client, what: str) -> None:
    id = await client.make(f"{what}Create", name="Pat", **PROFILE)
    for wrong, code in WRONG:
        [field] = wrong
        message = await refused(client, f"{what}Create", code, field, name="New", **wrong)
        assert await refused(client, f"{what}Update", code, field, id=id, **wrong) == message


async def test_an_erasure_leaves_nothing_of_a_profile(client: Client) -> None:
    id = await client.make("personCreate", name="Pat", **PROFILE)
    await client.make("personUpdate", id=id, color="#ABCDEF")
    erased = await changed(client, "personErase", id=id)
    assert profile(erased) == EMPTY
    found = await client.data("{ events { nodes { changes } } people(includeArchived: true) { nodes { avatarUrl } } }")
    for text in (*PROFILE.values(), "#ABCDEF"):
        assert text not in str(found)


async def test_a_wrong_profile_in_a_file_is_told_of_with_its_line(client: Client, database_url: str) -> None:
    for new in (team, person):
        items = [new("first"), new("second", color="red", locale="x"), new("third", timeZone="Nowhere")]
        wrong = [(2, "COLOR_INVALID", "color"), (2, "LOCALE_INVALID", "locale"), (3, "TIME_ZONE_UNKNOWN", "timeZone")]
        await refused_file(client, database_url, items, wrong)
