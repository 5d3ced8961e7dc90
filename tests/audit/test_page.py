"""docs/audit.md names every kind and code of audit events, and its documents are executed."""

import re

from service.audit.derivations import DERIVATIONS
from service.audit.kinds import AuditEventKind
from service.errors import refusal_kinds
from service.events.models import Verb
from service.settings import ROOT
from tests.kit.client import Client

PAGE = (ROOT / "docs" / "audit.md").read_text()
DOCUMENTS = re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL)
SOURCES = ("service/people/key_failures.py", "service/sign_in/token_sign_in.py")
CODE = re.compile(r'"((?:KEY|TOKEN|PERSON)_[A-Z]+)"')


def test_every_kind_is_described() -> None:
    kinds, codes = (part.split("\n## ")[0] for part in PAGE.split("## Kinds")[1].split("**Failed sign-ins**"))
    assert set(re.findall(r"`([A-Z_]+)`", kinds)) >= set(AuditEventKind)
    made = {code for source in SOURCES for code in CODE.findall((ROOT / source).read_text())}
    assert made == set(re.findall(r"`((?:KEY|TOKEN|PERSON)_[A-Z]+)`", codes))
    about_rights = {kind.code for kind in refusal_kinds() if kind.is_about_rights}
    assert about_rights == {
        *("AUTHOR_FORBIDDEN", "CHECK_IN_OF_OTHERS", "NOT_EDITABLE", "OWNER_REQUIRED", "SCOPES_NOT_HELD"),
    }
    assert all(f"`{code}`" in kinds for code in about_rights)


def test_every_change_of_keys_is_audited() -> None:
    changed = {verb for subject_type, verb in DERIVATIONS if subject_type == "ApiKey"}
    # An update is the end of a key that was rotated, which the new key tells.
    assert changed == {Verb.CREATED, Verb.REVOKED}


async def test_the_documents_are_executed(client: Client) -> None:
    failures, roles = DOCUMENTS
    page = await client.data(failures, since="2026-01-01T00:00:00Z")
    assert page == {"auditEvents": {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}}
    assert await client.data(roles) == {
        "auditEvents": {
            "nodes": [
                {
                    "kind": "ROLE_CHANGED",
                    "details": {"after": "OWNER"},
                    "actor": None,
                    "subject": {"name": "Olive Owner"},
                },
                {
                    "kind": "KEY_CREATED",
                    "details": {
                        "personId": (await client.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
                    },
                    "actor": None,
                    "subject": None,
                },
            ]
        }
    }
