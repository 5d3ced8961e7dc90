"""Checking in on behalf of another person: who may, both names, and what becomes of them elsewhere."""

from typing import Any
from uuid import uuid4

from schema.relay.node import parsed
from tests.kit.client import Client
from tests.kit.refusals import everything
from tests.kit.roles import acting
from tests.kit.service_accounts import ACTING, acting_for, service_account
from tests.kit.workspace_files import exported, findings, imported
from tests.workspace.restored import assert_same

NAMES = "author { name } recorder { name } serviceAccount { name }"


async def key_result_of(client: Client) -> str:
    return await client.key_result(await client.objective(await client.cycle()), kind="REACH", target="10")


async def makers(client: Client) -> dict[str, tuple[str | None, ...]]:
    """Author, recorder and service account of each check-in, by its note."""
    [key_result] = (await client.data(f"{{ keyResults {{ nodes {{ checkIns {{ nodes {{ note {NAMES} }} }} }} }} }}"))[
        "keyResults"
    ]["nodes"]
    return {
        each["note"]: tuple((each[name] or {}).get("name") for name in ("author", "recorder", "serviceAccount"))
        for each in key_result["checkIns"]["nodes"]
    }


def forms(client: Client, key_result: str, **more: Any) -> list[tuple[str, dict[str, Any], list[str]]]:
    """A check-in alone and among many: mutation, input, and the path to it."""
    one = {"keyResultId": key_result, **more}
    return [("keyResultCheckIn", one, []), ("checkInsRecord", {"checkIns": [one]}, ["checkIns", "0"])]


async def test_both_names_are_kept(client: Client, stranger: Client, database_url: str) -> None:
    key_result = await key_result_of(client)
    ada = await client.make("personCreate", name="Ada", externalId="ada")
    admin, account = await acting(client, "ADMIN"), await service_account(client, "MEMBER", ACTING)
    callers = {
        "an owner": client,
        "an administrator": admin,
        "an account": account,
        "an account for an administrator": acting_for(account, admin.person_id),
        "an account for Ada": acting_for(account, ada),
    }
    for name, caller in callers.items():
        for number, (mutation, input, _) in enumerate(forms(caller, key_result, authorId=ada, note=name)):
            input.get("checkIns", [input])[0]["note"] = f"{name} {number}"
            assert (await caller.change(mutation, input, ""))["userErrors"] == []
    await client.check_in(key_result, note="Olive herself", authorId=str(client.person_id))
    expected = {
        "an owner": ("Ada", "Olive Owner", None),
        "an administrator": ("Ada", "Admin", None),
        "an account": ("Ada", None, "Backend"),
        "an account for an administrator": ("Ada", "Admin", "Backend"),
        "an account for Ada": ("Ada", None, "Backend"),
    }
    made = {f"{name} {number}": who for name, who in expected.items() for number in range(2)}
    made["Olive herself"] = ("Olive Owner", None, None)
    assert await makers(client) == made
    events = await client.data("{ events(filter: {verb: {eq: CHECKED_IN}}) { nodes { changes actor { name } } } }")
    named = {
        each["changes"]["note"]["after"]: (each["changes"].get("authorId"), (each["actor"] or {}).get("name"))
        for each in events["events"]["nodes"]
    }
    assert named["an owner 0"] == ({"after": ada}, "Olive Owner")
    assert named["an account 1"] == ({"after": ada}, None)
    assert named["an account for Ada 1"] == (None, "Ada")
    assert named["Olive herself"] == (None, "Olive Owner")
    items = [{name: value for name, value in each.items() if name != "email"} for each in await exported(client)]
    for elsewhere, outcome in ((stranger, "CREATED"), (stranger, "UNCHANGED"), (client, "UNCHANGED")):
        done = await imported(elsewhere, items)
        assert (done.kept, await makers(elsewhere)) == (True, made)
        assert {each.outcome for each in done.results if each.type == "CheckIn"} == {outcome}
    assert await makers(await assert_same(client, database_url)) == made
    assert await findings(client) == []


async def test_whoever_may_not_is_told_so(client: Client) -> None:
    key_result = await key_result_of(client)
    ada = await client.make("personCreate", name="Ada")
    member = await acting(client, "MEMBER")
    without = await service_account(client, "MEMBER", [each for each in ACTING if each != "ACT_AS"])
    unlimited = await service_account(client, "MEMBER", None, "Unlimited")
    before = await everything(client)
    for caller in (member, without, unlimited):
        for mutation, input, path in forms(caller, key_result, authorId=ada, note="x"):
            payload = await caller.change(mutation, input, "")
            found = [(each["code"], each["field"]) for each in payload["userErrors"]]
            assert found == [("AUTHOR_FORBIDDEN", ["input", *path, "authorId"])]
    assert await everything(client) == before
    # Oneself is nobody else.
    for mutation, input, _ in forms(member, key_result, authorId=str(member.person_id), note="x"):
        assert (await member.change(mutation, input, ""))["userErrors"] == []


async def test_the_author_is_a_person_who_is_there(client: Client, stranger: Client) -> None:
    key_result = await key_result_of(client)
    archived, erased = [await client.make("personCreate", name=name) for name in ("Archived", "Erased")]
    await client.make("personArchive", id=archived)
    await client.make("personErase", id=erased)
    theirs = await stranger.make("personCreate", name="Theirs")
    account = await service_account(client)
    wrong = {
        archived: "ARCHIVED",
        erased: "ERASED",
        theirs: "NOT_FOUND",
        str(uuid4()): "NOT_FOUND",
        str(account.person_id): "NOT_FOUND",
        "nobody": "NOT_FOUND",
    }
    before = await everything(client)
    for author, code in wrong.items():
        for mutation, input, path in forms(client, key_result, authorId=author, value="1", confidence=2):
            payload = await client.change(mutation, input, "")
            found = {(each["code"], *each["field"][1 + len(path) :]) for each in payload["userErrors"]}
            assert found == {(code, "authorId"), ("CONFIDENCE_OUT_OF_RANGE", "confidence")}
    assert await everything(client) == before
    assert parsed(archived) is not None


async def test_the_author_needs_no_right_and_the_caller_does(client: Client) -> None:
    """The check-in is the caller's change: the author may be a VIEWER, and the goal has to be the caller's to edit."""
    key_result = await key_result_of(client)
    viewer = await acting(client, "VIEWER")
    [(mutation, input, _), _] = forms(client, key_result, authorId=str(viewer.person_id), note="For a viewer")
    assert (await client.change(mutation, input, ""))["userErrors"] == []
    account = await service_account(client, "MEMBER", ACTING)
    await client.make("organizationUpdate", memberEditing="OWN", selection="memberEditing")
    for mutation, input, path in forms(client, key_result, authorId=str(viewer.person_id), note="Not theirs"):
        payload = await account.change(mutation, input, "")
        assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [
            ("NOT_EDITABLE", ["input", *path, "keyResultId"])
        ]
