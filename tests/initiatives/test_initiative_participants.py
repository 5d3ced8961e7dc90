"""Participants of initiatives: who reads and edits by a role, who checks in, and lists by who is involved."""

from typing import Any

from tests.initiatives.test_initiative_check_ins import recorded
from tests.initiatives.test_initiatives import codes, person_of
from tests.kit.client import Client
from tests.kit.roles import acting, furnished

SEEN = """query($id: ID!) { initiative(id: $id) { participants { role person { id } team { id } initiative { id } } }
    initiatives { totalCount } node(id: $id) { id } latest: initiatives { nodes { latestCheckIn { note } } }
    events(filter: {subjectType: {in: ["Initiative", "InitiativeCheckIn", "Participant"]}}) { totalCount } }"""
NOTHING: dict[str, Any] = {"initiative": None, "initiatives": {"totalCount": 0}, "node": None, "latest": {"nodes": []}}


async def takes_part(client: Client, id: str, role: str | None, **who: str) -> list[str]:
    """The codes of naming a participant in a role, or of removing it."""
    mutation = f"participant{'Add' if role else 'Remove'}"
    return await codes(client, mutation, initiativeId=id, **who, **({"role": role} if role else {}))


async def test_a_role_lets_one_read_edit_and_check_in(client: Client) -> None:
    await client.change("organizationUpdate", {"memberEditing": "OWN"}, "organization { id }")
    id = await client.make("initiativeCreate", title="Hidden", visibility="PRIVATE")
    await recorded(client, {"initiativeId": id, "note": "Slow"})
    async with await acting(client, "MEMBER") as somebody:
        own = {"personId": await person_of(somebody)}
        item = {"checkIns": [{"initiativeId": id, "note": "x"}]}
        # For each role: whether one sees, edits and checks in by it.
        expected: dict[str | None, tuple[list[str], ...]] = {
            **{"FOLLOWER": (["NOT_FOUND"], ["NOT_FOUND"]), "READER": (["NOT_EDITABLE"], ["NOT_EDITABLE"])},
            **{"CONTRIBUTOR": (["NOT_EDITABLE"], []), "CO_OWNER": ([], []), None: (["NOT_FOUND"], ["NOT_FOUND"])},
        }
        for number, (role, (of_edit, of_check_in)) in enumerate(expected.items()):
            assert await takes_part(client, id, role, **own) == []
            found = await somebody.data(SEEN, id=id)
            if role in ("FOLLOWER", None):
                assert found == {**NOTHING, "events": {"totalCount": 0}}
            else:
                participant = {"role": role, "person": {"id": own["personId"]}, "team": None, "initiative": {"id": id}}
                assert found["initiative"] == {"participants": [participant]}
                assert (found["initiatives"], found["node"]) == ({"totalCount": 1}, {"id": id})
                assert found["latest"]["nodes"][0]["latestCheckIn"] is not None
                assert found["events"]["totalCount"] > 3
            assert await codes(somebody, "initiativeUpdate", id=id, title=f"Mine {number}") == of_edit
            assert await codes(somebody, "initiativeCheckInsRecord", **item) == of_check_in
        assert await takes_part(somebody, id, "FOLLOWER", **own) == ["NOT_FOUND"]


async def test_a_team_takes_part_with_its_members(client: Client) -> None:
    ids = await furnished(client)
    id = ids["initiative"]
    await client.make("initiativeUpdate", id=id, visibility="PRIVATE")
    async with await acting(client, "MEMBER") as somebody:
        await client.make("teamJoin", teamId=ids["team"], personId=await person_of(somebody))
        assert (await somebody.data(SEEN, id=id))["initiative"] is None
        assert await takes_part(client, id, "CO_OWNER", teamId=ids["team"]) == ["PARTICIPANT_ROLE_NOT_ALLOWED"]
        assert await takes_part(client, id, "READER", teamId=ids["team"]) == []
        assert (await somebody.data(SEEN, id=id))["initiative"]["participants"][0]["team"] == {"id": ids["team"]}
        assert await takes_part(client, id, None, teamId=ids["team"]) == []
        assert (await somebody.data(SEEN, id=id))["initiative"] is None
    selection = "objective { id } kpi { id } initiative { id participants { role } }"
    input = {"initiativeId": id, "personId": ids["person"], "role": "READER"}
    payload = await client.change("participantAdd", input, selection)
    shown = {"id": id, "participants": [{"role": "READER"}]}
    assert payload == {"objective": None, "kpi": None, "initiative": shown, "userErrors": []}
    wrong: list[tuple[dict[str, Any], list[str]]] = [
        ({"kpiId": ids["kpi"]}, ["GOAL_AMBIGUOUS"]),
        ({"initiativeId": ids["root"]}, ["NOT_FOUND"]),
        ({"initiativeId": None}, ["GOAL_AMBIGUOUS"]),
    ]
    for other, expected in wrong:
        assert await codes(client, "participantAdd", **{**input, **other}) == expected
    await client.make("initiativeArchive", id=id)
    assert await codes(client, "participantAdd", **{**input, "role": "CO_OWNER"}) == ["ARCHIVED"]
    assert await codes(client, "participantRemove", initiativeId=id, personId=ids["person"]) == []


async def test_lists_are_filtered_by_who_is_involved(client: Client) -> None:
    async with await acting(client, "MEMBER") as somebody:
        person = await person_of(somebody)
        for role in ("OWNER", "CO_OWNER", "FOLLOWER", "NONE"):
            own = {"ownerId": person} if role == "OWNER" else {}
            id = await client.make("initiativeCreate", title=role, **own)
            if role in ("CO_OWNER", "FOLLOWER"):
                assert await takes_part(client, id, role, personId=person) == []
        document = "query($f: InitiativeFilter) { initiatives(filter: $f) { totalCount nodes { title } } }"
        for roles in (["OWNER"], ["CO_OWNER", "FOLLOWER"], ["CO_OWNER", "OWNER"], ["READER"]):
            nodes = [{"title": each} for each in roles if each != "READER"]
            for asker, filter in (
                (client, {"involving": {"personId": person, "roles": roles}}),
                (somebody, {"mine": roles}),
            ):
                found = (await asker.data(document, f=filter))["initiatives"]
                assert found == {"totalCount": len(nodes), "nodes": nodes}


async def test_people_and_teams_have_pages_of_initiatives(client: Client) -> None:
    ids = await furnished(client)
    for title in ("B", "A", "C"):
        last = await client.make("initiativeCreate", title=title, ownerId=ids["person"], teamId=ids["team"])
    await client.make("initiativeArchive", id=last)
    page = "{ initiatives(first: 1) { totalCount nodes { title } pageInfo { hasNextPage } } }"
    document = f"query($p: ID!, $t: ID!) {{ person(id: $p) {page} team(id: $t) {page} }}"
    shown = {"initiatives": {"totalCount": 2, "nodes": [{"title": "A"}], "pageInfo": {"hasNextPage": True}}}
    assert await client.data(document, p=ids["person"], t=ids["team"]) == {"person": shown, "team": shown}
