"""Every field and every mutation by service accounts, by themselves and for people: what the tables say."""

from typing import Any

from tests.authorization.actors import ACCOUNTS, Account, is_visible_to, may_edit
from tests.authorization.asking import asked, objects
from tests.authorization.expected_mutations import OK, outcome_of_account
from tests.authorization.expected_reads import NODES
from tests.authorization.expected_reads import TYPES as EXPECTED
from tests.authorization.test_authorization_mutations import ALL, Regime, chosen, denial, run, unarranged
from tests.authorization.test_authorization_queries import PAGED, SINGLE, of_single, rows_in
from tests.authorization.test_authorization_reads import Reading, differences
from tests.authorization.test_authorization_scopes import areas_in, needed, reading
from tests.authorization.world import World, rows_of
from tests.kit.client import Client
from tests.kit.estate import dump
from tests.kit.reads import QUERY, TYPES
from tests.kit.stored import Stored

# Under ALL whoever sees a goal edits it; who has no scopes or no role to edit is asked once.
REGIMES: list[Regime] = [
    *(("ORGANIZATION", "ALL", name) for name, each in ACCOUNTS.items() if each.acts_as.role == "MEMBER"),
    *(("PRIVATE", "OWN", name) for name in ACCOUNTS),
    *(("ORGANIZATION", "OWN", name) for name in ("account", "account for the owner", "account for a lead")),
    *(("TEAM", "OWN", name) for name in ("account for a lead", "account for an administrator")),
]


async def test_service_accounts_come_to_what_the_table_says(world: World, stored: Stored) -> None:
    wrong: dict[str, Any] = {}
    expected = {
        (visibility, member_editing, name): [
            outcome_of_account(mutation, move, ACCOUNTS[name], visibility, member_editing) for mutation, move in ALL
        ]
        for visibility, member_editing, name in REGIMES
    }
    for regime, numbers in chosen(expected).items():
        visibility, member_editing, name = regime
        account = ACCOUNTS[name]
        await stored.take_back()
        client = await world.account(name)
        await world.arrange(visibility, member_editing=member_editing)
        before = await dump(world.superuser, world.client.organization_id)
        results = await run(world, client, (visibility, member_editing), "owner", numbers)
        for number, (code, answer) in results.items():
            if code != expected[regime][number]:
                wrong[f"{regime}: {number} {ALL[number][0]} is to be {expected[regime][number]}"] = answer
            if code == "NOT_FOUND" and not is_visible_to(account.acts_as, visibility):
                assert world.hidden.ids["root"] not in str(answer)
        if all(code != OK for code, _ in results.values()):
            assert unarranged(await dump(world.superuser, world.client.organization_id)) == unarranged(before)
    assert wrong == {}, "\n".join(f"{name}: {answer}" for name, answer in wrong.items())


async def test_viewer_can_tells_service_accounts_what_mutations_come_to(world: World) -> None:
    document = """query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ viewerCan {{
        edit {{ allowed denial }} checkIn {{ allowed denial }} archive {{ allowed denial }} share {{ allowed denial }}
    }} }} }} }}"""
    for visibility, member_editing, name in REGIMES:
        account = ACCOUNTS[name]
        await world.arrange(visibility, member_editing=member_editing)
        client = await world.account(name)
        for kind, id in (("Objective", "root"), ("KeyResult", "number"), ("Kpi", "kpi"), ("Initiative", "work")):
            area = EXPECTED[kind].area
            answer = await client.answer(document.format(kind=kind), id=world.hidden.ids[id])
            if not {f"{area}_READ", "PEOPLE_READ"} <= account.held_scopes:
                assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]
                continue
            if not is_visible_to(account.acts_as, visibility):
                assert answer == {"data": {"node": None}}
                continue
            one = decision(account, f"{area}_WRITE", visibility, member_editing)
            can = dict.fromkeys(("edit", "checkIn", "archive", "share"), one)
            assert answer == {"data": {"node": {"viewerCan": can}}}, (name, kind, visibility, member_editing)


def decision(account: Account, scope: str, visibility: str, member_editing: str) -> dict[str, Any]:
    """What `viewerCan` says of a goal that is visible."""
    if scope not in account.held_scopes:
        return {"allowed": False, "denial": "SCOPE_MISSING"}
    allowed = may_edit(account.acts_as, visibility, member_editing)
    return {"allowed": allowed, "denial": None if allowed else denial(account.acts_as)}


async def test_service_accounts_read_what_is_visible(world: World) -> None:
    """The fields of each type: refused without their scopes, else as a person with these rights reads them."""
    for visibility in ("TEAM", "PRIVATE"):
        read = Reading(world, await rows_of(world))
        await world.arrange(visibility)
        of_owner = await read.read(world.client)
        wrong: dict[str, Any] = {}
        for name, account in ACCOUNTS.items():
            client, actor = await world.account(name), account.acts_as
            # Under TEAM the others see what they see under PRIVATE.
            if visibility == "TEAM" and is_visible_to(actor, "TEAM") == is_visible_to(actor, "PRIVATE"):
                continue
            expected = read.expected(of_owner, is_visible_to(actor, visibility), actor.role in ("ADMIN", "OWNER"))
            for kind in NODES:
                fields = [*EXPECTED[kind].same.split(), *EXPECTED[kind].hides.split()]
                selections = {field: asked(field, TYPES[kind].fields[field]) for field in fields}
                allowed = [
                    field for field in fields if reading(*areas_in(selections[field], kind)) <= account.held_scopes
                ]
                # What each field needs is in the tests of scopes.
                for refused in [each for field, each in selections.items() if field not in allowed][:1]:
                    await ensure_refused(client, f'{{ node(id: "x") {{ ... on {kind} {{ {refused} }} }} }}')
                rows = [*read.rows.seen[kind], *read.rows.hidden[kind]]
                if allowed:
                    asking = " ".join(selections[each] for each in allowed)
                    answers = {kind: await objects(client, kind, rows, asking)}
                    own = {id: row and {each: row[each] for each in allowed} for id, row in expected[kind].items()}
                    wrong |= {f"{name}: {where}": each for where, each in differences({kind: own}, answers)}
        assert wrong == {}


async def ensure_refused(client: Client, document: str) -> None:
    """A document is refused whole for want of scopes."""
    answer = await client.answer(document)
    assert "data" not in answer, document
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"], document
    assert "lacks scopes" in answer["errors"][0]["message"]


async def test_service_accounts_find_what_is_visible(world: World) -> None:
    """Each field of Query."""
    rows = await rows_of(world)
    await world.arrange("PRIVATE")
    for name, account in ACCOUNTS.items():
        client, actor = await world.account(name), account.acts_as
        hidden = set() if is_visible_to(actor, "PRIVATE") else rows.hidden_ids
        is_administrator = actor.role in ("ADMIN", "OWNER")
        for field in (*PAGED, *SINGLE):
            is_list = field in PAGED
            document = f"{{ {asked(field, QUERY.fields[field])} }}" if is_list else of_single(field)
            if not needed(document) <= account.held_scopes:
                await ensure_refused(client, document)
            elif field in EXPECTED["Query"].administrators.split() and not is_administrator:
                answer = await client.answer(document)
                assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]
                assert answer["data"] == {field: None}
            elif is_list:
                of_owner = await rows_in(world.client, field)
                assert await rows_in(client, field) == [each for each in of_owner if each["id"] not in hidden], field
            else:
                [data] = (await client.data(document)).values()
                if hidden:
                    assert world.mark not in str(data), (name, field)
                elif field == "viewer":
                    assert (data["role"], data["serviceAccount"] is None) == (actor.role, False)
                else:
                    assert data == (await world.client.data(document))[field], (name, field)
        viewer = await client.data("{ viewer { role scopes } }")
        scopes = None if account.scopes is None else sorted(account.held_scopes)
        assert viewer == {"viewer": {"role": actor.role, "scopes": scopes}}


def test_these_service_accounts_are_refused_and_allowed() -> None:
    """The tests above can fail: each kind of answer is expected of somebody."""
    outcomes = {
        outcome_of_account(mutation, move, ACCOUNTS[name], visibility, editing)
        for visibility, editing, name in REGIMES
        for mutation, move in ALL
    }
    assert {OK, "FORBIDDEN", "NOT_FOUND", "NOT_EDITABLE"} <= outcomes
