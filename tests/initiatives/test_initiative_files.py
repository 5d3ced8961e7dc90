"""Check-ins on initiatives in files: imported, exported, imported again, and restored."""

from typing import Any

from tests.kit.client import Client
from tests.kit.small_workspace import item, person
from tests.kit.workspace_files import exported, findings, imported, refused
from tests.workspace.restored import assert_same


def check_in(external_id: str, number: int, **facts: Any) -> dict[str, Any]:
    at = f"2026-02-{number:02}T09:00:00Z"
    return {"type": "InitiativeCheckIn", "externalId": external_id, "initiative": "w1", "at": at, **facts}


WORK = [
    person("p1"),
    item("Initiative", "w1", title="Work", state="PAUSED", progress="0.1"),
    item("Initiative", "w2", title="Other"),
]
SAID = [
    check_in("c1", 3, progress="0.5", state="IN_PROGRESS", author="p1"),
    check_in("c2", 2, progress="0.2", note="Late", author="p1"),
    check_in("c3", 3, progress="0.3", state="IN_PROGRESS", author="p1", replaces="c1"),
    check_in("c4", 4, state="DONE"),
    check_in("c5", 4, replaces="c4", isWithdrawal=True),
]
SHOWN = """{ initiative(externalId: "w1") { state progress checkIns { nodes { externalId author { externalId } } }
    checkInHistory { nodes { externalId replacedBy { externalId } } } } }"""
P1 = {"externalId": "p1"}


async def test_a_file_brings_them_and_an_export_has_them(client: Client, stranger: Client, database_url: str) -> None:
    done = await imported(client, [*WORK, *SAID])
    assert (done.kept, done.outcomes) == (True, {"CREATED": 8})
    shown = (await client.data(SHOWN))["initiative"]
    valid = {each["externalId"]: each["author"] for each in shown["checkIns"]["nodes"]}
    assert (shown["state"], shown["progress"], valid["c3"], list(valid)) == ("IN_PROGRESS", 0.3, P1, ["c3", "c2"])
    assert {each["externalId"]: each["replacedBy"] for each in shown["checkInHistory"]["nodes"]} == {
        **{"c1": {"externalId": "c3"}, "c2": None, "c3": None, "c4": {"externalId": "c5"}, "c5": None},
    }
    items = await exported(client)
    work = next(each for each in items if each.get("externalId") == "w1")
    assert (work["state"], work["progress"]) == ("IN_PROGRESS", "0.3")
    assert [each["externalId"] for each in items if each["type"] == "InitiativeCheckIn"] == [
        *("c1", "c2", "c3", "c4", "c5"),
    ]
    again = await imported(client, items)
    assert set(again.outcomes) == {"UNCHANGED"}
    others = [{name: value for name, value in each.items() if name != "email"} for each in items]
    assert (await imported(stranger, others)).kept
    assert (await stranger.data(SHOWN))["initiative"] == shown
    assert [*await findings(client), *await findings(stranger)] == []
    restored = await assert_same(client, database_url)
    assert (await restored.data(SHOWN))["initiative"] == shown


async def test_what_is_refused(client: Client, database_url: str) -> None:
    assert (await imported(client, [*WORK, *SAID])).kept
    for wrong, code, field in (
        (check_in("c1", 3, progress="0.6", state="IN_PROGRESS"), "CHECK_IN_IMMUTABLE", "externalId"),
        (check_in("c1", 3) | {"initiative": "w2"}, "CHECK_IN_IMMUTABLE", "externalId"),
        (check_in("new", 3), "INITIATIVE_CHECK_IN_EMPTY", ""),
        (check_in("new", 3, progress="1.5"), "INITIATIVE_PROGRESS_OUT_OF_RANGE", "progress"),
        (check_in("new", 3, note="x") | {"at": "2027-01-01T00:00:00Z"}, "INITIATIVE_CHECK_IN_IN_FUTURE", "at"),
        (check_in("new", 3, note="x") | {"initiative": "none"}, "NOT_FOUND", "initiative"),
        (check_in("new", 3, note="x", replaces="c3") | {"initiative": "w2"}, "REPLACED_ELSEWHERE", "replaces"),
        (check_in("new", 3, note="x", replaces="c1"), "CHECK_IN_CORRECTED", "replaces"),
        (check_in("new", 3, note="x", replaces="c4"), "CHECK_IN_WITHDRAWN", "replaces"),
        (check_in("new", 3, note="x", isWithdrawal=True, replaces="c3"), "WITHDRAWAL_INVALID", "isWithdrawal"),
        (item("Initiative", "w1", title="Work", progress=None), "INITIATIVE_PROGRESS_NOT_REMOVABLE", "progress"),
    ):
        await refused(client, database_url, [wrong], [(1, code, field)])
