"""The documents in docs/erasure.md do what the page says."""

from service.settings import ROOT
from service.values import global_ids
from tests.docs.page import FENCE
from tests.kit.client import Client
from tests.kit.refusals import everything

PAGE = (ROOT / "docs" / "erasure.md").read_text("utf-8")


async def test_the_documents_of_the_page(client: Client) -> None:
    erase, delete = [text for info, text in FENCE.findall(PAGE) if info == "graphql"]
    person = await client.make("personCreate", name="Ada", email="ada@example.com", externalId="ada")
    now = "2026-07-02T12:00:00Z"
    nobody = {"name": "Erased person", "email": None, "externalId": None, "archivedAt": now, "erasedAt": now}
    assert await client.data(erase, id=person) == {"personErase": {"person": nobody, "userErrors": []}}
    name = (await client.data("{ organization { name } }"))["organization"]["name"]
    deleted = {"deletedId": global_ids.encode("Organization", client.organization_id), "userErrors": []}
    assert await client.data(delete, name=name) == {"organizationDelete": deleted}
    assert await everything(client) == []
