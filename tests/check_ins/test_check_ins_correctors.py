"""Who may correct and withdraw a check-in, and whose it is afterwards."""

from typing import Any

from tests.kit.client import Client
from tests.kit.refusals import everything
from tests.kit.roles import acting
from tests.kit.service_accounts import ACTING, acting_for, service_account

NAMES = "author { name } recorder { name } serviceAccount { name }"
FORMS: tuple[tuple[str, dict[str, Any]], ...] = (("checkInCorrect", {"note": "Corrected"}), ("checkInWithdraw", {}))


async def codes(client: Client, mutation: str, said: str, change: dict[str, Any]) -> list[tuple[str, list[str]]]:
    payload = await client.change(mutation, {"replacesId": said, **change}, "")
    return [(each["code"], each["field"]) for each in payload["userErrors"]]


async def makers(client: Client, mutation: str, said: str, change: dict[str, Any]) -> tuple[str | None, ...]:
    """Author, recorder and service account of what replaces a check-in."""
    payload = await client.change(mutation, {"replacesId": said, **change}, f"checkIn {{ {NAMES} }}")
    assert payload["userErrors"] == []
    found = payload["checkIn"]
    return tuple((found[name] or {}).get("name") for name in ("author", "recorder", "serviceAccount"))


async def test_the_author_and_those_who_check_in_for_others(client: Client) -> None:
    key_result = await client.key_result(await client.objective(await client.cycle()))
    member, other, admin = [await acting(client, role) for role in ("MEMBER", "MEMBER", "ADMIN")]
    account = await service_account(client, "MEMBER", ACTING)
    without = await service_account(client, "MEMBER", [each for each in ACTING if each != "ACT_AS"], "Limited")
    acted = acting_for(account, member.person_id)
    for mutation, change in FORMS:
        allowed: list[tuple[Client, Client, tuple[str | None, ...]]] = [
            (member, member, ("Member", None, None)),
            (member, admin, ("Member", "Admin", None)),
            (member, acted, ("Member", None, "Backend")),
            (acted, member, ("Member", None, None)),
            (member, account, ("Member", None, "Backend")),
            (account, account, (None, None, "Backend")),
            (account, admin, ("Admin", None, None)),
            (without, without, (None, None, "Limited")),
            (without, account, (None, None, "Backend")),
        ]
        for maker, corrector, expected in allowed:
            said = await maker.check_in(key_result, note="Said")
            assert await makers(corrector, mutation, said, change) == expected
        denied = [(member, other), (client, member), (account, member), (account, without), (acted, without)]
        for maker, corrector in denied:
            said = await maker.check_in(key_result, note="Said")
            before = await everything(client)
            found = await codes(corrector, mutation, said, change)
            assert found == [("CHECK_IN_OF_OTHERS", ["input", "replacesId"])]
            assert await everything(client) == before


async def test_the_author_of_a_check_in_that_another_person_made(client: Client) -> None:
    key_result = await client.key_result(await client.objective(await client.cycle()))
    member = await acting(client, "MEMBER")
    said = await client.check_in(key_result, note="Said", authorId=str(member.person_id))
    assert await makers(member, "checkInCorrect", said, {"note": "Corrected"}) == ("Member", None, None)


async def test_the_goal_has_to_be_ones_own_to_check_in_on(client: Client) -> None:
    objective = await client.objective(await client.cycle())
    key_result = await client.key_result(objective)
    member, viewer = await acting(client, "MEMBER"), await acting(client, "VIEWER")
    said = await member.check_in(key_result, note="Said")
    for mutation, change in FORMS:
        kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
        document = f"mutation($input: {kind}) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}"
        answer = await viewer.answer(document, input={"replacesId": said, **change})
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]
    await client.make("organizationUpdate", memberEditing="OWN", selection="memberEditing")
    for mutation, change in FORMS:
        assert await codes(member, mutation, said, change) == [("NOT_EDITABLE", ["input", "replacesId"])]
    await client.make("objectiveUpdate", id=objective, visibility="PRIVATE")
    for mutation, change in FORMS:
        assert await codes(member, mutation, said, change) == [("NOT_FOUND", ["input", "replacesId"])]
    await client.make("objectiveUpdate", id=objective, ownerId=str(member.person_id))
    for mutation, change in FORMS[:1]:
        assert await codes(member, mutation, said, change) == []
