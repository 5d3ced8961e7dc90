"""A share token shows valid check-ins only: nothing of what was corrected or withdrawn."""

from tests.share_tokens.conftest import Company
from tests.share_tokens.shares import shared


async def test_what_was_taken_back_is_not_shown(company: Company) -> None:
    client, number = company.client, company.ids["number"]
    wrong = await client.check_in(number, "5", note="Secret note")
    corrected = await client.make("checkInCorrect", replacesId=wrong, note="Public note")
    secret = await client.check_in(number, "6", note="Secret note")
    withdrawal = await client.make("checkInWithdraw", replacesId=secret)
    partner = await shared(client, objectiveId=company.ids["root"])
    document = """query($id: ID!, $ids: [ID!]!) {
        keyResult(id: $id) { current latestCheckIn { id } checkIns { totalCount nodes {
            note invalidSince replaces { note } replacedBy { note } } } }
        nodes(ids: $ids) { ... on CheckIn { note } } }"""
    ids = [wrong, corrected, secret, withdrawal]
    shown = {"invalidSince": None, "replaces": None, "replacedBy": None}
    assert await partner.data(document, id=number, ids=ids) == {
        "keyResult": {
            "current": "5",
            "latestCheckIn": {"id": corrected},
            "checkIns": {"totalCount": 2, "nodes": [{"note": note, **shown} for note in ("Public note", "Fine")]},
        },
        "nodes": [None, {"note": "Public note"}, None, None],
    }
    for id in ids:
        found = (await partner.data("query($id: ID!) { checkIn(id: $id) { note } }", id=id))["checkIn"]
        assert found == ({"note": "Public note"} if id == corrected else None)
    for kind, goal in (("keyResult", number), ("objective", company.ids["root"])):
        refused = f"query($id: ID!) {{ {kind}(id: $id) {{ checkInHistory {{ nodes {{ note }} }} }} }}"
        answer = await partner.answer(refused, id=goal)
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]
    # Whoever is no partner sees them.
    assert [each["note"] for each in (await client.data(document, id=number, ids=ids))["nodes"]] == [
        *("Secret note", "Public note", "Secret note", None)
    ]
